/** Stands for a value that is known at deployment only. */
export const TOKEN = '<token>';

/** An environment, as plain data that a counterexample can print. */
export interface EnvironmentSpec {
  readonly environmentName: string;
  readonly namespace?: string;
  readonly approval?: boolean;
  readonly topic?: boolean;
  readonly promotion?: 'commit' | 'tag';
  /** Milliseconds, or TOKEN. */
  readonly rolloutTimeout?: number | typeof TOKEN;
}

/** Where a repository comes from: one of the same stack, one by its name, one of another region, one whose name is a token. */
export type RepositorySpec = 'new' | 'named' | 'elsewhere' | 'token';

/** An application. */
export interface ApplicationSpec {
  readonly id: string;
  readonly applicationName?: string;
  readonly applicationRepository?: RepositorySpec | 'infrastructure';
  readonly branch?: string;
  /** `prefixed` ones carry the platform's prefix. */
  readonly imageRepository?: RepositorySpec | 'newPrefixed' | 'namedPrefixed' | 'newLong' | 'namedLong';
  readonly environments?: EnvironmentSpec[];
  readonly removedEnvironments?: string[];
  readonly removalPolicy?: string;
  readonly dockerfile?: string;
  readonly buildContext?: string;
  readonly testTarget?: string;
  readonly testReportsPath?: string;
  readonly buildComputeType?: string;
  /** Milliseconds, or TOKEN. */
  readonly buildTimeout?: number | typeof TOKEN;
}

/** Attributes that an imported cluster may lack. */
export type ClusterAttribute = 'vpc' | 'clusterEndpoint' | 'clusterCertificateAuthorityData' | 'clusterSecurityGroupId';

/** A platform. */
export interface PlatformSpec {
  readonly id: string;
  readonly platformName?: string;
  readonly vpc?: 'new' | 'imported' | 'public' | 'isolated' | 'oneZone';
  /** `new` is one of the same stack; a list is an imported one that lacks these attributes. */
  readonly cluster?: 'new' | ClusterAttribute[];
  readonly kubernetesVersion?: string;
  readonly endpointAccess?: 'public' | 'private' | 'both';
  readonly deletionProtection?: boolean;
  readonly architecture?: 'arm64' | 'amd64';
  readonly instanceTypes?: string[];
  readonly minNodes?: number;
  readonly maxNodes?: number;
  readonly key?: 'new' | 'named' | 'elsewhere';
  readonly artifactBucket?: 'new' | 'named' | 'elsewhere';
  readonly infrastructureRepository?: RepositorySpec;
  readonly imageAutomation?: boolean;
  readonly removalPolicy?: string;
}

/** The region of the stack; without one the template is for any. */
export type RegionSpec = undefined | 'eu-west-1' | 'cn-north-1' | 'us-gov-west-1';

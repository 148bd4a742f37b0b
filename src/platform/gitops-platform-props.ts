import { RemovalPolicy } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { NodeArchitecture } from '../cluster/node-architecture';

/**
 * What a platform consists of. Whatever is given is used; whatever is missing is created.
 */
export interface GitOpsPlatformProps {
  /**
   * Name of the platform: 1 to 20 lower-case letters, digits and single hyphens. Repositories and pipelines are named
   * after it, so it is unique per account and region.
   *
   * @default - the construct's id in lower case
   */
  readonly platformName?: string;

  /**
   * Network of the cluster and of the functions that reach it. The functions need private subnets with a way to
   * AWS APIs.
   *
   * @default - the cluster's, or a new one over two availability zones with one NAT gateway
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Cluster to deliver to, with worker nodes of the `architecture`, the `eks-pod-identity-agent` add-on and API
   * authentication, and without a Flux of its own.
   *
   * An imported cluster needs its `vpc`, `clusterEndpoint`, `clusterCertificateAuthorityData` and `clusterSecurityGroupId`.
   *
   * @default - a new one with a private endpoint and a managed node group
   */
  readonly cluster?: eks.ICluster;

  /**
   * Kubernetes version of the new cluster: 1.34, 1.35 or 1.36.
   *
   * @default - 1.36
   */
  readonly kubernetesVersion?: eks.KubernetesVersion;

  /**
   * Who can reach the API endpoint of the new cluster. It has to be reachable from inside the network.
   *
   * @default EndpointAccess.PRIVATE
   */
  readonly endpointAccess?: eks.EndpointAccess;

  /**
   * Whether the new cluster refuses to be deleted until this is taken back.
   *
   * @default false
   */
  readonly deletionProtection?: boolean;

  /**
   * Architecture of the worker nodes, and so of the images.
   *
   * @default NodeArchitecture.ARM64
   */
  readonly architecture?: NodeArchitecture;

  /**
   * Instance types of the new cluster's nodes, in order of preference, all of the `architecture`.
   *
   * @default - large and xlarge general-purpose instances of two generations
   */
  readonly instanceTypes?: ec2.InstanceType[];

  /**
   * The fewest nodes of the new cluster, and how many it starts with.
   *
   * @default 2
   */
  readonly minNodes?: number;

  /**
   * The most nodes of the new cluster.
   *
   * @default 4
   */
  readonly maxNodes?: number;

  /**
   * Key for repositories, artifacts and the new cluster's secrets.
   *
   * The policy of an imported key has to let callers use it through CodeCommit.
   *
   * @default - a new one with rotation
   */
  readonly key?: kms.IKey;

  /**
   * Bucket for the artifacts of all pipelines.
   *
   * @default - a new one that keeps artifacts for 30 days
   */
  readonly artifactBucket?: s3.IBucket;

  /**
   * Repository that says what runs in the cluster.
   *
   * @default - a new one named `<platform>-infrastructure`
   */
  readonly infrastructureRepository?: codecommit.IRepository;

  /**
   * Whether Flux can follow image tags. Applications of the platform's own stack turn it on where they need it; for
   * those of other stacks, set it.
   *
   * @default - where an application of the same stack asks for it
   */
  readonly imageAutomation?: boolean;

  /**
   * What happens to the key, the bucket and the repository when they leave the stack. With `DESTROY` the bucket is
   * emptied first.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A platform that exists already, perhaps in another app.
 */
export interface GitOpsPlatformAttributes {
  /** The platform's name. */
  readonly platformName: string;

  /** The cluster's name. */
  readonly clusterName: string;

  /** The key for repositories and artifacts. */
  readonly key: kms.IKey;

  /** The bucket for artifacts. It has to know its `encryptionKey`, so that pipelines may use it. */
  readonly artifactBucket: s3.IBucket;

  /** The repository that says what runs in the cluster. */
  readonly infrastructureRepository: codecommit.IRepository;

  /** ARN of the deploy function. */
  readonly deployFunctionArn: string;

  /**
   * Role of the deploy function, for applications that bring an image repository along.
   *
   * @default - none
   */
  readonly deployRole?: iam.IRole;

  /** Service token of the custom resource that writes repository files. */
  readonly repositoryFilesToken: string;

  /** The role with which EventBridge starts pipelines. */
  readonly startPipelineRole: iam.IRole;

  /** The platform's queue of events that could not be handled. */
  readonly failedEvents: sqs.IQueue;

  /**
   * Architecture of the worker nodes.
   *
   * @default NodeArchitecture.ARM64
   */
  readonly architecture?: NodeArchitecture;

  /**
   * Whether the platform was made with `imageAutomation`.
   *
   * @default false
   */
  readonly imageAutomation?: boolean;
}

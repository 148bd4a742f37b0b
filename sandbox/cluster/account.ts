import type { Credentials, ResourceType } from '../account/contracts';

/** What the cluster needs of the AWS account; `Account` has it, and a test brings its own. */
export interface ClusterAccount {
  readonly endpointUrl: string;
  readonly proxyUrl: string;
  readonly caBundleFile: string;
  registerResourceType(type: string, handler: ResourceType): void;
  sessionFor(roleArn: string): Promise<Credentials>;
  podCredentialsUrl(association: { roleArn: string }): { uri: string; tokenFile: string };
  verifyClusterToken(token: string): VerifiedToken | undefined | Promise<VerifiedToken | undefined>;
}

/** Who presigned a token, and for which cluster */
export interface VerifiedToken {
  readonly roleArn: string;
  readonly clusterName: string;
}

/** What it takes to reach a cluster's API server. */
export interface ClusterConnection {
  readonly clusterName: string;
  readonly endpoint: string;
  /** Base64 of the PEM, as EKS gives it. */
  readonly certificateAuthority: string;
  readonly region: string;
}

const VARIABLES = {
  clusterName: 'CLUSTER_NAME',
  endpoint: 'CLUSTER_ENDPOINT',
  certificateAuthority: 'CLUSTER_CERTIFICATE_AUTHORITY',
  region: 'AWS_REGION',
} as const;

/** Reads a handler's environment. */
export function clusterFromEnvironment(environment: NodeJS.ProcessEnv = process.env): ClusterConnection {
  const missing = Object.values(VARIABLES).filter((variable) => !environment[variable]);
  if (missing.length > 0) {
    throw new Error(`Environment variables ${missing.join(', ')} are not set: the handler does not know which cluster to reach`);
  }
  return {
    clusterName: environment.CLUSTER_NAME!,
    endpoint: environment.CLUSTER_ENDPOINT!,
    certificateAuthority: environment.CLUSTER_CERTIFICATE_AUTHORITY!,
    region: environment.AWS_REGION!,
  };
}

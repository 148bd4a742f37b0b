/** An application's environment, as its manifests need to know it. */
export interface Environment {
  /** The platform that it runs on. */
  readonly platform: string;

  /** The application's name; also its image's name in the base manifests. */
  readonly application: string;

  /** The environment's name. */
  readonly environment: string;

  /** The Kubernetes namespace that it runs in. */
  readonly namespace: string;

  /** The image repository's URI without a tag. */
  readonly imageRepositoryUri: string;

  /** Whether Flux follows the environment's tags in the image repository, instead of the deploy function committing digests. */
  readonly followsTags: boolean;
}

/** The name of the environment's Flux objects and of its service account: unique per platform. */
export function environmentObjectName(environment: Pick<Environment, 'application' | 'environment'>): string {
  return `${environment.application}-${environment.environment}`;
}

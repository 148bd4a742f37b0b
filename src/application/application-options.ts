import { RemovalPolicy } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { ImageBuildOptions } from '../build/image-build-options';
import { EnvironmentOptions } from '../delivery/environment-options';

/**
 * What an application consists of: one source, one image, one pipeline and the environments it leads to.
 */
export interface ApplicationOptions extends ImageBuildOptions {
  /**
   * Name of the application: 1 to 30 lower-case letters, digits and single hyphens. Image repository, pipeline and
   * namespaces are named after it.
   *
   * @default - the construct's id in lower case
   */
  readonly applicationName?: string;

  /**
   * Repository with the source and its Dockerfile.
   *
   * @default - a new one, with a first commit that builds, passes its test and runs
   */
  readonly applicationRepository?: codecommit.IRepository;

  /**
   * Branch of the application repository that is delivered.
   *
   * @default 'main'
   */
  readonly branch?: string;

  /**
   * Repository for the images. Its tags should be immutable, and its lifecycle rules must keep tags that start with the
   * name of an environment.
   *
   * @default - a new one
   */
  readonly imageRepository?: ecr.IRepository;

  /**
   * The environments, in the order in which a digest moves through them.
   *
   * @default - one, `production`, without an approval
   */
  readonly environments?: EnvironmentOptions[];

  /**
   * Names of environments that were removed from `environments`, to confirm that their namespaces are deleted with all
   * that they hold, volumes included.
   *
   * @default - none; removing an environment without confirming it fails the deployment
   */
  readonly removedEnvironments?: string[];

  /**
   * What happens to repositories that the application makes when they leave the stack.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

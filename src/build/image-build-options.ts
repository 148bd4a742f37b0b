import { Duration } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';

/**
 * How an application's image is tested and built.
 */
export interface ImageBuildOptions {
  /**
   * Path of the Dockerfile in the application repository.
   *
   * @default 'Dockerfile'
   */
  readonly dockerfile?: string;

  /**
   * Folder of the application repository that is the build's context.
   *
   * @default '.'
   */
  readonly buildContext?: string;

  /**
   * Stage of the Dockerfile that runs the tests and leaves JUnit files in `testReportsPath`. An empty string means that
   * there is none.
   *
   * @default 'test'
   */
  readonly testTarget?: string;

  /**
   * Folder in the image of the test stage that holds the JUnit files.
   *
   * @default '/reports'
   */
  readonly testReportsPath?: string;

  /**
   * Size of the build's machine.
   *
   * @default codebuild.ComputeType.SMALL
   */
  readonly buildComputeType?: codebuild.ComputeType;

  /**
   * How long one build may take, 5 minutes to 36 hours.
   *
   * @default Duration.minutes(30)
   */
  readonly buildTimeout?: Duration;
}

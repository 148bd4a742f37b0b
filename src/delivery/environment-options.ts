import { Duration } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Promotion } from './promotion';

/**
 * An environment of an application: a namespace of the cluster, and a stage of the pipeline.
 */
export interface EnvironmentOptions {
  /**
   * Name of the environment: 1 to 20 lower-case letters, digits and single hyphens. `build`, `base`, `source` and what
   * starts with `approve-` are taken.
   */
  readonly environmentName: string;

  /**
   * Kubernetes namespace that the environment has for itself: 1 to 63 lower-case letters, digits and single hyphens.
   * What starts with `kube-` belongs to the cluster.
   *
   * @default - `<application>-<environment>`
   */
  readonly namespace?: string;

  /**
   * Whether a person has to approve before the environment gets a new digest.
   *
   * @default false
   */
  readonly approval?: boolean;

  /**
   * Topic that is told when an approval is waited for. Needs `approval`.
   *
   * @default - nobody is told; the console shows it
   */
  readonly approvalTopic?: sns.ITopic;

  /**
   * How a promotion is recorded.
   *
   * @default Promotion.byCommit()
   */
  readonly promotion?: Promotion;

  /**
   * How long a promoted digest may take until every workload runs it, 1 minute to 12 hours. Then the digest from before
   * is put back, for which the same time is allowed once more.
   *
   * @default Duration.minutes(10)
   */
  readonly rolloutTimeout?: Duration;
}

import type { IConstruct } from 'constructs';
import { requireSameEnvironment } from '../../private/same-environment';
import type { GitOpsPlatformProps } from '../gitops-platform-props';

/** Refuses parts that were brought along from where the platform cannot use them. */
export function refuseForeignParts(scope: IConstruct, props: GitOpsPlatformProps): void {
  requireSameEnvironment(scope, 'cluster', props.cluster);
  requireSameEnvironment(scope, 'vpc', props.vpc);
  requireSameEnvironment(scope, 'key', props.key);
  requireSameEnvironment(scope, 'artifactBucket', props.artifactBucket);
  requireSameEnvironment(scope, 'infrastructureRepository', props.infrastructureRepository);
}

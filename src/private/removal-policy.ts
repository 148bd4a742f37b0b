import { RemovalPolicy } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { InvalidPropError } from './invalid-prop';

/**
 * The removal policy, or the default: what is lost with a repository or a key cannot be made again.
 *
 * Only a creation that failed takes its empty repositories away again, since their names would stop the next attempt.
 */
export function requireRemovalPolicy(scope: IConstruct, policy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE): RemovalPolicy {
  if (policy === RemovalPolicy.SNAPSHOT) {
    throw new InvalidPropError(scope, {
      prop: 'removalPolicy',
      value: 'SNAPSHOT',
      allowed: 'repositories, keys and buckets have no snapshots',
      advice: 'Use RETAIN_ON_UPDATE_OR_DELETE, RETAIN or DESTROY.',
    });
  }
  return policy;
}

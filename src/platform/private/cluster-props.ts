import type { Construct } from 'constructs';
import { InvalidPropError } from '../../private/invalid-prop';
import type { GitOpsPlatformProps } from '../gitops-platform-props';

/** Props that say what a new cluster is like. */
const NEW_CLUSTER_PROPS = [
  'kubernetesVersion', 'endpointAccess', 'deletionProtection', 'instanceTypes', 'minNodes', 'maxNodes',
] as const satisfies readonly (keyof GitOpsPlatformProps)[];

/** Refuses props that would have no effect on a cluster that was brought along. */
export function refuseClusterProps(scope: Construct, props: GitOpsPlatformProps): void {
  const given = NEW_CLUSTER_PROPS.filter((prop) => props[prop] !== undefined);
  if (given.length > 0) {
    throw new InvalidPropError(scope, {
      prop: given.join(', '),
      value: 'with cluster',
      allowed: 'it says what a new cluster is like, and `cluster` brings an existing one',
      advice: 'Leave out one of the two.',
    });
  }
}

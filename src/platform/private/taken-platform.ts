import { Token } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { InvalidPropError } from '../../private/invalid-prop';
import type { IGitOpsPlatform } from '../gitops-platform-ref';

/** Refuses a platform that would fight with another one for names, or for one cluster's Flux. */
export function refuseTakenPlatform(platform: IGitOpsPlatform, others: IGitOpsPlatform[]): void {
  const namesake = others.find(({ platformName }) => platformName === platform.platformName);
  if (namesake) {
    throw new InvalidPropError(platform, {
      prop: 'platformName',
      value: platform.platformName,
      allowed: `the platform '${namesake.node.path}' of the same account and region has that name`,
      advice: 'Choose another platformName.',
    });
  }
  const tenant = others.find(({ cluster }) => cluster && isSame(cluster, platform.cluster));
  if (tenant) {
    throw new InvalidPropError(platform, {
      prop: 'cluster',
      value: platform.cluster.node.path,
      allowed: `its Flux follows the repository of the platform '${tenant.node.path}'`,
      advice: 'Add applications to that platform, or bring another cluster.',
    });
  }
}

function isSame(one: eks.ICluster, other: eks.ICluster): boolean {
  return one === other || (!Token.isUnresolved(one.clusterName) && one.clusterName === other.clusterName);
}

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { InvalidPropError } from '../private/invalid-prop';

/** Where nodes and functions are: out of reach, with a way out. */
export const PRIVATE_SUBNETS: ec2.SubnetSelection = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };

/**
 * Refuses a network without enough private subnets.
 *
 * @param zones how many availability zones they have to be spread over
 */
export function requirePrivateSubnets(scope: Construct, vpc: ec2.IVpc, zones: number): void {
  const found = new Set(vpc.privateSubnets.map((subnet) => subnet.availabilityZone)).size;
  if (found < zones) {
    throw new InvalidPropError(scope, {
      prop: 'vpc',
      value: vpc.node.path,
      allowed: `it needs private subnets with a way out in at least ${zones} availability zone${zones > 1 ? 's' : ''} and has them in ${found}`,
      advice: 'Add private subnets and a NAT gateway, or leave the prop out to get a new network.',
    });
  }
}

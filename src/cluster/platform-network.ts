import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { control, INLINE_POLICY, LOG_KEY } from '../private/acknowledge-findings';

/**
 * The network of a cluster that comes without one: nodes in private subnets, one way out.
 */
export class PlatformNetwork extends Construct {
  /**
   * The network.
   */
  public readonly vpc: ec2.Vpc;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2, // EKS asks for two
      natGateways: 1, // another per zone costs more than most beginners' clusters; pass a `vpc` to have it
      // image layers come from S3, and this way costs nothing
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false }, // load balancers get addresses without it
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      ],
      // would add a function and a custom resource; nothing uses the default group
      restrictDefaultSecurityGroup: false,
    });
    const flowLog = this.vpc.addFlowLog('FlowLog', { trafficType: ec2.FlowLogTrafficType.REJECT });
    acknowledge(flowLog, ...INLINE_POLICY, ...LOG_KEY);
    acknowledge(
      this.vpc,
      ...control('VPCDefaultSecurityGroupClosed', 'Nothing uses the default group; CloudFormation cannot change it, so closing it takes a function with rights on every group.'),
      ...control('VPCNoUnrestrictedRouteToIGW', 'The public subnets hold the NAT gateway and load balancers only, and this route is their way out.'),
    );
  }
}

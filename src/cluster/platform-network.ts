import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

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
      // would add a function and a custom resource; nothing uses the default group
      restrictDefaultSecurityGroup: false,
    });
    this.vpc.addFlowLog('FlowLog', { trafficType: ec2.FlowLogTrafficType.REJECT });
  }
}

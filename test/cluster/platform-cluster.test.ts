import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { PlatformCluster, PlatformClusterProps } from '../../src/cluster';
import { testApp } from '../platform/test-app';

const clusterOf = (props?: (stack: Stack) => PlatformClusterProps) => {
  const stack = new Stack(testApp(), 'Stack');
  new PlatformCluster(stack, 'Cluster', props?.(stack));
  return Template.fromStack(stack);
};

describe('without props', () => {
  const template = clusterOf();

  // cdk-nag's rules for clusters do not know this construct, so they are here
  test('only its network reaches the API', () => {
    template.hasResourceProperties('AWS::EKS::Cluster', { ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: false } });
  });

  test('every control-plane log is kept', () => {
    template.hasResourceProperties('AWS::EKS::Cluster', {
      Logging: { ClusterLogging: { EnabledTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((Type) => ({ Type })) } },
    });
  });

  test('access is by IAM alone, and nobody has it by having created the cluster', () => {
    template.hasResourceProperties('AWS::EKS::Cluster', { AccessConfig: { AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false } });
    template.resourceCountIs('AWS::EKS::AccessEntry', 0);
  });

  test('it is of the newest version that Flux supports, and no Auto Mode cluster', () => {
    template.hasResourceProperties('AWS::EKS::Cluster', { Version: '1.36', ComputeConfig: { Enabled: false }, DeletionProtection: Match.absent() });
  });

  test('the network has two zones, one NAT gateway and a log of what it refused', () => {
    template.resourceCountIs('AWS::EC2::Subnet', 4);
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT' });
  });

  test('no function or custom resource comes along', () => {
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });
});

test('secrets are encrypted by the given key', () => {
  clusterOf((stack) => ({ secretsEncryptionKey: new kms.Key(stack, 'Key') })).hasResourceProperties('AWS::EKS::Cluster', {
    EncryptionConfig: [{ Provider: { KeyArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } }, Resources: ['secrets'] }],
  });
});

test('protection, endpoint and version are as given', () => {
  clusterOf(() => ({
    deletionProtection: true,
    endpointAccess: eks.EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom('192.0.2.0/24'),
    kubernetesVersion: eks.KubernetesVersion.of('1.35'),
  })).hasResourceProperties('AWS::EKS::Cluster', {
    DeletionProtection: true,
    Version: '1.35',
    ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: true, PublicAccessCidrs: ['192.0.2.0/24'] },
  });
});

test('a given network is used', () => {
  clusterOf((stack) => ({ vpc: new ec2.Vpc(stack, 'Mine', { natGateways: 1, restrictDefaultSecurityGroup: false }) }))
    .resourceCountIs('AWS::EC2::VPC', 1);
});

test('fails for a version that Flux does not support', () => {
  expect(() => clusterOf(() => ({ kubernetesVersion: eks.KubernetesVersion.of('1.33') }))).toThrow('kubernetesVersion "1.33"');
});

import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { NodeArchitecture, PlatformCluster, WorkerNodes, WorkerNodesProps } from '../../src/cluster';
import { testApp } from '../platform/test-app';

const nodesOf = (props: Omit<WorkerNodesProps, 'cluster'> = {}) => {
  const stack = new Stack(testApp(), 'Stack');
  const { cluster } = new PlatformCluster(stack, 'Cluster');
  new WorkerNodes(stack, 'Nodes', { ...props, cluster });
  return Template.fromStack(stack);
};

test('pods cannot take the nodes\' credentials', () => {
  nodesOf().hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } },
  });
});

test('disks are encrypted', () => {
  nodesOf().hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: { BlockDeviceMappings: [Match.objectLike({ Ebs: Match.objectLike({ Encrypted: true }) })] },
  });
});

test('by default two to four Graviton nodes of several types', () => {
  nodesOf().hasResourceProperties('AWS::EKS::Nodegroup', {
    AmiType: 'AL2023_ARM_64_STANDARD',
    InstanceTypes: ['m7g.large', 'm6g.large', 'm7g.xlarge', 'm6g.xlarge'],
    ScalingConfig: { MinSize: 2, DesiredSize: 2, MaxSize: 4 },
    LaunchTemplate: { Version: { 'Fn::GetAtt': [Match.anyValue(), 'LatestVersionNumber'] } },
  });
});

test('the types of an architecture run on it', () => {
  Object.values(NodeArchitecture).forEach((architecture) => {
    const [{ Properties }] = Object.values<any>(nodesOf({ architecture }).findResources('AWS::EKS::Nodegroup'));
    const types = (Properties.InstanceTypes as string[]).map((type) => new ec2.InstanceType(type).architecture);

    expect([architecture, ...new Set(types)]).toEqual([architecture, architecture === NodeArchitecture.ARM64 ? 'arm64' : 'x86_64']);
    expect(Properties.AmiType).toBe(architecture === NodeArchitecture.ARM64 ? 'AL2023_ARM_64_STANDARD' : 'AL2023_x86_64_STANDARD');
  });
});

test('types and sizes are as given', () => {
  nodesOf({ instanceTypes: [new ec2.InstanceType('c7g.large')], minNodes: 6 }).hasResourceProperties('AWS::EKS::Nodegroup', {
    InstanceTypes: ['c7g.large'],
    ScalingConfig: { MinSize: 6, DesiredSize: 6, MaxSize: 6 },
  });
});

test('fails for a type of another architecture', () => {
  expect(() => nodesOf({ instanceTypes: [new ec2.InstanceType('m7g.large'), new ec2.InstanceType('m7i.large')] }))
    .toThrow('instanceTypes "m7i.large" of \'Stack/Nodes\' is not allowed: the nodes\' architecture is arm64');
  expect(() => nodesOf({ architecture: NodeArchitecture.AMD64, instanceTypes: [new ec2.InstanceType('t4g.large')] })).toThrow('"t4g.large"');
});

test.each([[0, 4], [3, 2], [1.5, 4], [1, 451]])('fails for %d to %d nodes', (minNodes, maxNodes) => {
  expect(() => nodesOf({ minNodes, maxNodes })).toThrow(`minNodes and maxNodes "${minNodes} and ${maxNodes}"`);
});

test('nodes follow the version that they are told, and are left alone without one', () => {
  nodesOf({ kubernetesVersion: eks.KubernetesVersion.V1_34 }).hasResourceProperties('AWS::EKS::Nodegroup', { Version: '1.34' });
  nodesOf().hasResourceProperties('AWS::EKS::Nodegroup', { Version: Match.absent() });
});

import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { testApp } from './test-app';
import { GitOpsPlatform, GitOpsPlatformProps } from '../../src/platform';
import { importedPlatform } from '../properties/build';

const newStack = (region?: string) => new Stack(testApp(), 'Stack', region ? { env: { account: '111122223333', region } } : {});

function importedCluster(stack: Stack, id: string, clusterName = 'mine') {
  return eks.Cluster.fromClusterAttributes(stack, id, {
    clusterName,
    vpc: ec2.Vpc.fromVpcAttributes(stack, `${id}Vpc`, { vpcId: 'vpc-11111111', availabilityZones: ['a'], privateSubnetIds: ['subnet-11111111'] }),
    clusterEndpoint: 'https://example.com',
    clusterCertificateAuthorityData: 'Q0E=',
    clusterSecurityGroupId: 'sg-11111111',
  });
}

test('fails for two platforms of one name, and for two Flux in one cluster', () => {
  const stack = newStack();
  new GitOpsPlatform(stack, 'Acme', { cluster: importedCluster(stack, 'One') });

  expect(() => new GitOpsPlatform(stack, 'Again', { platformName: 'acme', cluster: importedCluster(stack, 'Two', 'other') }))
    .toThrow(/^platformName "acme" of 'Stack\/Again'.*'Stack\/Acme'/);
  expect(() => new GitOpsPlatform(stack, 'Other', { cluster: importedCluster(stack, 'Three') })).toThrow(/^cluster "Stack\/Three".*'Stack\/Acme'/);
});

test.each<[string, (stack: Stack) => GitOpsPlatformProps]>([
  ['no private subnet', (stack) => ({
    vpc: new ec2.Vpc(stack, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'public', subnetType: ec2.SubnetType.PUBLIC }] }),
  })],
  ['one zone only', (stack) => ({
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-11111111', availabilityZones: ['a'], privateSubnetIds: ['subnet-11111111'] }),
  })],
])('fails for a network with %s', (_, props) => {
  const stack = newStack();
  expect(() => new GitOpsPlatform(stack, 'Acme', props(stack))).toThrow(/^vpc "Stack\/Vpc".*at least 2 availability zones/);
});

test.each<[string, string[]]>([
  ['another architecture', ['m7i.large']], ['accelerators', ['g5g.xlarge']], ['no instance type', ['large']], ['nothing', []],
])('fails for instance types: %s', (_, types) => {
  expect(() => new GitOpsPlatform(newStack(), 'Acme', { instanceTypes: types.map((type) => new ec2.InstanceType(type)) })).toThrow(/^instanceTypes "/);
});

test('fails for a key of another region and a policy that keys do not have', () => {
  const stack = newStack('eu-west-1');
  const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-2:111122223333:key/1');

  expect(() => new GitOpsPlatform(stack, 'Acme', { key })).toThrow(/^key "Stack\/Key in eu-west-2"/);
  expect(() => new GitOpsPlatform(stack, 'Other', { removalPolicy: RemovalPolicy.SNAPSHOT })).toThrow(/^removalPolicy "SNAPSHOT"/);
});

test('fails for a platform whose function is none', () => {
  const stack = newStack();
  const platform = importedPlatform(stack);
  const attributes = { ...platform, clusterName: 'c', artifactBucket: platform.artifactBucket, deployFunctionArn: 'deploy' };

  expect(() => GitOpsPlatform.fromAttributes(stack, 'Wrong', attributes)).toThrow(/^deployFunctionArn "deploy".*ARN of a Lambda function/);
  expect(() => GitOpsPlatform.fromAttributes(stack, 'Named', { ...attributes, platformName: 'A' })).toThrow(/^platformName "A"/);
});

import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ClusterAccess } from '../../src/cluster';
import { testApp } from '../platform/test-app';

const complete = {
  clusterName: 'mine',
  clusterEndpoint: 'https://example.com',
  clusterCertificateAuthorityData: 'Q0E=',
  clusterSecurityGroupId: 'sg-1',
};

function setUp() {
  const stack = new Stack(testApp(), 'Stack');
  const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
  return { stack, vpc };
}

test('functions get out by HTTPS only, and into the cluster\'s API', () => {
  const { stack, vpc } = setUp();
  new ClusterAccess(stack, 'Access', { cluster: eks.Cluster.fromClusterAttributes(stack, 'Cluster', { ...complete, vpc }) });
  const template = Template.fromStack(stack);

  template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [Match.objectLike({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 })] });
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
});

test('a role becomes a member of a group, or an administrator', () => {
  const { stack, vpc } = setUp();
  const access = new ClusterAccess(stack, 'Access', { cluster: eks.Cluster.fromClusterAttributes(stack, 'Cluster', { ...complete, vpc }) });
  access.addGroupMember('Member', iam.Role.fromRoleArn(stack, 'MemberRole', 'arn:aws:iam::111122223333:role/member'), 'readers');
  access.addAdministrator('Administrator', iam.Role.fromRoleArn(stack, 'AdminRole', 'arn:aws:iam::111122223333:role/admin'));
  const template = Template.fromStack(stack);

  template.hasResourceProperties('AWS::EKS::AccessEntry', {
    ClusterName: 'mine', PrincipalArn: 'arn:aws:iam::111122223333:role/member', KubernetesGroups: ['readers'], AccessPolicies: Match.absent(),
  });
  template.hasResourceProperties('AWS::EKS::AccessEntry', {
    PrincipalArn: 'arn:aws:iam::111122223333:role/admin',
    KubernetesGroups: Match.absent(),
    AccessPolicies: [{
      AccessScope: { Type: 'cluster' },
      PolicyArn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy']] },
    }],
  });
});

test('a given network stands in for a missing one', () => {
  const { stack, vpc } = setUp();
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', complete);

  expect(new ClusterAccess(stack, 'Access', { cluster, vpc }).vpc).toBe(vpc);
});

test('fails for an imported cluster and names everything that it lacks', () => {
  const { stack } = setUp();
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'mine', clusterEndpoint: 'https://example.com' });

  expect(() => new ClusterAccess(stack, 'Access', { cluster })).toThrow(
    'cluster "Stack/Cluster" of \'Stack/Access\' is not allowed: the way to an imported cluster needs '
    + 'vpc, clusterCertificateAuthorityData, clusterSecurityGroupId, too. Pass them to Cluster.fromClusterAttributes().',
  );
});

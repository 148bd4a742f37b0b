import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { CfnParameter } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { PlatformStack } from './platform-stack';
import { testApp } from './test-app';
import { NodeArchitecture } from '../../src/cluster';
import { GitOpsPlatform, IGitOpsPlatform } from '../../src/platform';

describe('without props', () => {
  const stack = new PlatformStack();
  const template = Template.fromStack(stack);

  test('is named after its id', () => {
    expect(stack.platform.platformName).toBe('acme');
    template.hasResourceProperties('AWS::CodeCommit::Repository', { RepositoryName: 'acme-infrastructure' });
  });

  test('holds no user, access key or secret', () => {
    ['AWS::IAM::User', 'AWS::IAM::AccessKey', 'AWS::SecretsManager::Secret'].forEach((type) => template.resourceCountIs(type, 0));
    expect(JSON.stringify(template.toJSON())).not.toMatch(/secretRef|"kind\\*":\\*"Secret\\*"/);
  });

  test('brings no kubectl, Helm or layer, and no function but its four handlers', () => {
    template.resourceCountIs('AWS::Lambda::LayerVersion', 0);
    template.resourceCountIs('AWS::Lambda::Function', 4);
    template.resourceCountIs('AWS::CloudFormation::Stack', 0);
  });

  test('keeps what cannot be made again', () => {
    ['AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::CodeCommit::Repository'].forEach((type) => {
      expect(stack.ofType(type).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['RetainExceptOnCreate']);
    });
  });

  test('the bucket is private, encrypted by the key and forgets old artifacts', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30 })] },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
    });
  });

  test('the key rotates, and who may use a repository may use it through CodeCommit', () => {
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({
          Sid: 'ThroughCodeCommit',
          Principal: { AWS: '*' },
          Condition: { StringEquals: { 'kms:CallerAccount': { Ref: 'AWS::AccountId' }, 'kms:ViaService': Match.anyValue() } },
        })]),
      },
    });
  });

  test('says that an event was lost', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1 });
  });

  test('event rules start pipelines of this platform only', () => {
    const [role] = stack.ofType('AWS::IAM::Role').filter(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement
      .some(({ Principal }: any) => Principal.Service === 'events.amazonaws.com'));
    const [statement] = role.Properties.Policies[0].PolicyDocument.Statement;

    expect(statement.Action).toBe('codepipeline:StartPipelineExecution');
    expect(JSON.stringify(statement.Resource)).toMatch(/:acme-\*"/);
  });
});

test('removes everything when asked to', () => {
  const stack = new PlatformStack({ removalPolicy: RemovalPolicy.DESTROY });

  ['AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::CodeCommit::Repository'].forEach((type) => {
    expect(stack.ofType(type).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete']);
  });
  Template.fromStack(stack).resourceCountIs('Custom::S3AutoDeleteObjects', 1);
});

describe('what is brought along is used', () => {
  function bring(scope: Construct) {
    const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
      vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-a', 'subnet-b'], privateSubnetRouteTableIds: ['rtb-a', 'rtb-b'],
    });
    const cluster = eks.Cluster.fromClusterAttributes(scope, 'Eks', {
      clusterName: 'mine', clusterEndpoint: 'https://example.com', clusterCertificateAuthorityData: 'Q0E=', clusterSecurityGroupId: 'sg-1', vpc,
    });
    return { vpc, cluster };
  }

  test('a network: none is made', () => {
    const app = testApp();
    const network = new Stack(app, 'Network');
    const stack = new PlatformStack({ vpc: bring(network).vpc }, app);

    Template.fromStack(stack).resourceCountIs('AWS::EC2::VPC', 0);
    Template.fromStack(stack).hasResourceProperties('AWS::EKS::Cluster', { ResourcesVpcConfig: { SubnetIds: ['subnet-a', 'subnet-b'] } });
  });

  test('a cluster: neither network, nodes nor add-on are made', () => {
    const app = testApp();
    const elsewhere = new Stack(app, 'Elsewhere');
    const stack = new PlatformStack({ cluster: bring(elsewhere).cluster }, app);
    const template = Template.fromStack(stack);

    ['AWS::EC2::VPC', 'AWS::EKS::Cluster', 'AWS::EKS::Nodegroup', 'AWS::EKS::Addon'].forEach((type) => template.resourceCountIs(type, 0));
    template.allResourcesProperties('AWS::EKS::AccessEntry', { ClusterName: 'mine' });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', FromPort: 443, ToPort: 443 });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ CLUSTER_NAME: 'mine', CLUSTER_ENDPOINT: 'https://example.com', CLUSTER_CERTIFICATE_AUTHORITY: 'Q0E=' }) },
      VpcConfig: Match.objectLike({ SubnetIds: ['subnet-a', 'subnet-b'] }),
    });
  });

  test('key, bucket and repository', () => {
    const app = testApp();
    const elsewhere = new Stack(app, 'Elsewhere');
    const stack = new PlatformStack({
      key: kms.Key.fromKeyArn(elsewhere, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/1'),
      artifactBucket: s3.Bucket.fromBucketName(elsewhere, 'Bucket', 'artifacts'),
      infrastructureRepository: codecommit.Repository.fromRepositoryName(elsewhere, 'Repository', 'infra'),
    }, app);
    const template = Template.fromStack(stack);

    ['AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::CodeCommit::Repository'].forEach((type) => template.resourceCountIs(type, 0));
    template.hasResourceProperties('Custom::RepositoryFiles', { RepositoryName: 'infra', Branch: 'main' });
    expect(stack.ofType('Custom::Flux')[0].Properties.Objects['Fn::Join'][1].join('')).toContain('/v1/repos/infra');
  });

  test('an imported key is not changed, so what it has to allow is said', () => {
    const app = testApp();
    const key = kms.Key.fromKeyArn(new Stack(app, 'Elsewhere'), 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/1');
    const stack = new PlatformStack({ key }, app);

    Annotations.fromStack(stack).hasWarning('/Stack/Acme', Match.stringLikeRegexp('has to allow kms:Decrypt, .* kms:ViaService is codecommit'));
  });

  test('fails for props of a new cluster beside an existing one', () => {
    const { cluster } = bring(new Stack(testApp()));

    expect(() => new PlatformStack({ cluster, minNodes: 3, instanceTypes: [] }))
      .toThrow('instanceTypes, minNodes "with cluster" of \'Stack/Acme\' is not allowed');
  });
});

describe('bad names', () => {
  test.each(['Acme', 'a_b', '-a', 'a-', 'a--b', '1a', '', 'a'.repeat(21)])('fails for the name %j', (platformName) => {
    expect(() => new PlatformStack({ platformName })).toThrow(`platformName ${JSON.stringify(platformName)}`);
  });

  test('fails for a name that is only known at deployment', () => {
    const app = testApp();
    const platformName = new CfnParameter(new Stack(app, 'Other'), 'Name').valueAsString;

    expect(() => new PlatformStack({ platformName }, app)).toThrow('it has to be a literal string');
  });
});

describe('image automation', () => {
  const identities = (stack: PlatformStack) => stack.ofType('AWS::EKS::PodIdentityAssociation').map(({ Properties }) => Properties.ServiceAccount).sort();

  test('costs nothing where it is not used', () => {
    const stack = new PlatformStack();

    expect(stack.platform.imageAutomation).toBe(false);
    expect(identities(stack)).toEqual(['source-controller']);
    expect(stack.ofType('AWS::Events::Rule')).toHaveLength(1);
    expect(stack.ofType('Custom::Flux')[0].Properties.Controllers).toBe('["source-controller","kustomize-controller"]');
  });

  test('comes by prop, or by an application of the same stack, alike', () => {
    const byProp = new PlatformStack({ imageAutomation: true });
    const byApplication = new PlatformStack();
    byApplication.platform._enableImageAutomation(new Construct(byApplication, 'Application'));
    byApplication.platform._enableImageAutomation(new Construct(byApplication, 'AnotherApplication'));

    expect(byApplication.platform.imageAutomation).toBe(true);
    expect(identities(byProp)).toEqual(['image-automation-controller', 'image-reflector-controller', 'source-controller']);
    expect(byProp.ofType('AWS::Events::Rule')).toHaveLength(2);
    expect(byApplication.resources).toEqual(byProp.resources);
  });

  test('fails for an application of another stack, unless the platform has it', () => {
    const off = new PlatformStack();
    const on = new PlatformStack({ imageAutomation: true });

    expect(() => off.platform._enableImageAutomation(new Construct(new Stack(off.node.root, 'Team'), 'Application')))
      .toThrow('promotion "Promotion.byTag()" of \'Team/Application\' is not allowed: image automation of the platform \'Stack/Acme\' is off');
    expect(() => on.platform._enableImageAutomation(new Construct(new Stack(on.node.root, 'Team'), 'Application'))).not.toThrow();
  });
});

/** Refers to everything that a platform offers. */
function consume(scope: Construct, platform: IGitOpsPlatform) {
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('codepipeline.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({
    actions: ['*'],
    resources: [
      platform.key.keyArn,
      platform.artifactBucket.bucketName,
      platform.infrastructureRepository.repositoryArn,
      platform.infrastructureRepository.repositoryName,
      platform.deployFunction.functionArn,
      platform.deployFunction.functionName,
      platform.deployFunction.role!.roleArn,
      platform.repositoryFilesToken,
      platform.startPipelineRole.roleArn,
      platform.failedEvents.queueArn,
    ],
  }));
  platform.artifactBucket.grantReadWrite(role);
  platform.key.grantEncryptDecrypt(role);
  platform.infrastructureRepository.grantPull(role);
  role.node.addDependency(platform.ready);
}

describe('in another stack', () => {
  test('a consumer changes nothing in the platform\'s', () => {
    const alone = new PlatformStack();
    const shared = new PlatformStack();
    const team = new Stack(shared.node.root, 'Team');
    consume(team, shared.platform);

    expect(Template.fromStack(team).toJSON().Resources).toBeDefined();
    expect(Template.fromStack(shared).toJSON()).toEqual(Template.fromStack(alone).toJSON());
    expect(team.dependencies).toContain(shared);
  });

  test('a platform that exists already can be referred to', () => {
    const stack = new Stack(testApp());
    const platform = GitOpsPlatform.fromAttributes(stack, 'Platform', {
      platformName: 'acme',
      clusterName: 'cluster',
      key: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/1'),
      artifactBucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'artifacts'),
      infrastructureRepository: codecommit.Repository.fromRepositoryName(stack, 'Repository', 'acme-infrastructure'),
      deployFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:deploy',
      deployRole: iam.Role.fromRoleArn(stack, 'DeployRole', 'arn:aws:iam::111122223333:role/deploy'),
      repositoryFilesToken: 'arn:aws:lambda:eu-west-1:111122223333:function:files',
      startPipelineRole: iam.Role.fromRoleArn(stack, 'StartRole', 'arn:aws:iam::111122223333:role/start'),
      failedEvents: sqs.Queue.fromQueueArn(stack, 'FailedEvents', 'arn:aws:sqs:eu-west-1:111122223333:failed-events'),
    });
    consume(stack, platform);

    expect(platform.deployFunction.functionName).toBe('deploy');
    expect(platform.architecture).toBe(NodeArchitecture.ARM64);
    expect(platform.cluster.clusterName).toBe('cluster');
    expect(() => platform._enableImageAutomation(stack)).toThrow('Set `imageAutomation: true` on the platform');
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 1);
  });
});

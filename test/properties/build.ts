import { App, Aws, CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApplicationSpec, EnvironmentSpec, PlatformSpec, RegionSpec, RepositorySpec, TOKEN } from './specs';
import { ApplicationOptions, EnvironmentOptions, GitOpsPlatform, GitOpsPlatformProps, IGitOpsPlatform, NodeArchitecture, Promotion } from '../../src';

const ACCOUNT = '111122223333';
const ELSEWHERE = 'ap-south-1';

/** The longest name that ECR takes. */
const LONG = `own/${'x'.repeat(252)}`;

const ENDPOINT_ACCESS = { public: eks.EndpointAccess.PUBLIC, private: eks.EndpointAccess.PRIVATE, both: eks.EndpointAccess.PUBLIC_AND_PRIVATE };

/** A stack whose output lies in the folder. Assets stay where they are, since copying them proves nothing here. */
export function newStack(outdir: string, region: RegionSpec): Stack {
  const app = new App({ outdir, analyticsReporting: false, context: { 'aws:cdk:disable-asset-staging': true, 'aws:cdk:enable-path-metadata': false } });
  return new Stack(app, 'Stack', region && { env: { account: ACCOUNT, region } });
}

/** A platform of another app, so that an application alone makes a small template. */
export function importedPlatform(stack: Stack, { imageAutomation = true, architecture = NodeArchitecture.ARM64 } = {}): IGitOpsPlatform {
  const arn = (service: string, rest: string) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${rest}`;
  const key = kms.Key.fromKeyArn(stack, 'PlatformKey', arn('kms', 'key/1'));
  return GitOpsPlatform.fromAttributes(stack, 'Imported', {
    platformName: 'acme',
    clusterName: 'cluster',
    key,
    artifactBucket: s3.Bucket.fromBucketAttributes(stack, 'PlatformBucket', { bucketName: 'artifacts', encryptionKey: key }),
    infrastructureRepository: codecommit.Repository.fromRepositoryName(stack, 'PlatformRepository', 'acme-infrastructure'),
    deployFunctionArn: arn('lambda', 'function:deploy'),
    deployRole: iam.Role.fromRoleName(stack, 'PlatformDeployRole', 'deploy'),
    repositoryFilesToken: arn('lambda', 'function:files'),
    startPipelineRole: iam.Role.fromRoleName(stack, 'PlatformStartRole', 'start'),
    failedEvents: sqs.Queue.fromQueueArn(stack, 'PlatformFailedEvents', arn('sqs', 'failed-events')),
    architecture,
    imageAutomation,
  });
}

/** The application's options as a user would write them. */
export function applicationOptions(
  scope: Construct,
  spec: ApplicationSpec,
  platform: { platformName: string; infrastructureRepository: codecommit.IRepository },
): ApplicationOptions {
  return given({
    applicationName: text(spec.applicationName),
    applicationRepository: spec.applicationRepository === 'infrastructure'
      ? platform.infrastructureRepository
      : repository(scope, `${spec.id}Code`, 'own-code', spec.applicationRepository),
    branch: text(spec.branch),
    imageRepository: imageRepository(scope, spec, platform.platformName),
    environments: spec.environments?.map((environment, index) => environmentOptions(scope, `${spec.id}Topic${index}`, environment)),
    removedEnvironments: spec.removedEnvironments?.map((name) => text(name)!),
    removalPolicy: removalPolicy(spec.removalPolicy),
    dockerfile: text(spec.dockerfile),
    buildContext: text(spec.buildContext),
    testTarget: text(spec.testTarget),
    testReportsPath: text(spec.testReportsPath),
    buildComputeType: codebuild.ComputeType[spec.buildComputeType as keyof typeof codebuild.ComputeType],
    buildTimeout: duration(scope, `${spec.id}BuildTimeout`, spec.buildTimeout),
  });
}

/** The platform's props as a user would write them. */
export function platformProps(scope: Stack, spec: PlatformSpec): GitOpsPlatformProps {
  const vpc = network(scope, spec.vpc);
  return given({
    platformName: text(spec.platformName),
    vpc,
    cluster: cluster(scope, spec.cluster, vpc),
    kubernetesVersion: spec.kubernetesVersion === undefined ? undefined : eks.KubernetesVersion.of(text(spec.kubernetesVersion)!),
    endpointAccess: spec.endpointAccess && ENDPOINT_ACCESS[spec.endpointAccess],
    deletionProtection: spec.deletionProtection,
    architecture: spec.architecture && { arm64: NodeArchitecture.ARM64, amd64: NodeArchitecture.AMD64 }[spec.architecture],
    instanceTypes: spec.instanceTypes?.map((type) => new ec2.InstanceType(text(type)!)),
    minNodes: spec.minNodes,
    maxNodes: spec.maxNodes,
    key: spec.key && {
      new: () => new kms.Key(scope, 'OwnKey'),
      named: () => kms.Key.fromKeyArn(scope, 'OwnKey', `arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/1`),
      elsewhere: () => kms.Key.fromKeyArn(scope, 'OwnKey', `arn:aws:kms:${ELSEWHERE}:${ACCOUNT}:key/1`),
    }[spec.key](),
    artifactBucket: spec.artifactBucket && {
      new: () => new s3.Bucket(scope, 'OwnBucket'),
      named: () => s3.Bucket.fromBucketName(scope, 'OwnBucket', 'own-bucket'),
      elsewhere: () => s3.Bucket.fromBucketAttributes(scope, 'OwnBucket', { bucketName: 'own-bucket', region: ELSEWHERE }),
    }[spec.artifactBucket](),
    infrastructureRepository: repository(scope, 'OwnInfrastructure', 'own-infrastructure', spec.infrastructureRepository),
    imageAutomation: spec.imageAutomation,
    removalPolicy: removalPolicy(spec.removalPolicy),
  });
}

function environmentOptions(scope: Construct, id: string, spec: EnvironmentSpec): EnvironmentOptions {
  return given({
    environmentName: text(spec.environmentName)!,
    namespace: text(spec.namespace),
    approval: spec.approval,
    approvalTopic: spec.topic ? new sns.Topic(scope, id) : undefined,
    promotion: spec.promotion && { commit: Promotion.byCommit(), tag: Promotion.byTag() }[spec.promotion],
    rolloutTimeout: duration(scope, `${id}Timeout`, spec.rolloutTimeout),
  });
}

function repository(scope: Construct, id: string, repositoryName: string, spec?: RepositorySpec): codecommit.IRepository | undefined {
  return spec && {
    new: () => new codecommit.Repository(scope, id, { repositoryName }),
    named: () => codecommit.Repository.fromRepositoryName(scope, id, repositoryName),
    elsewhere: () => codecommit.Repository.fromRepositoryArn(scope, id, `arn:aws:codecommit:${ELSEWHERE}:${ACCOUNT}:${repositoryName}`),
    token: () => codecommit.Repository.fromRepositoryName(scope, id, new CfnParameter(scope, `${id}Name`).valueAsString),
  }[spec]();
}

function imageRepository(scope: Construct, { id, imageRepository: spec }: ApplicationSpec, platformName: string): ecr.IRepository | undefined {
  const own = `${id}Images`;
  const prefixed = `${/^[a-z](-?[a-z0-9])*$/.test(platformName) ? platformName : 'acme'}/own`; // the CDK itself checks names of repositories
  return spec && {
    new: () => new ecr.Repository(scope, own, { repositoryName: 'own/images' }),
    newPrefixed: () => new ecr.Repository(scope, own, { repositoryName: prefixed }),
    named: () => ecr.Repository.fromRepositoryName(scope, own, 'own/images'),
    newLong: () => new ecr.Repository(scope, own, { repositoryName: LONG }),
    namedLong: () => ecr.Repository.fromRepositoryName(scope, own, LONG),
    namedPrefixed: () => ecr.Repository.fromRepositoryName(scope, own, prefixed),
    elsewhere: () => ecr.Repository.fromRepositoryArn(scope, own, `arn:aws:ecr:${ELSEWHERE}:${ACCOUNT}:repository/${prefixed}`),
    token: () => ecr.Repository.fromRepositoryName(scope, own, new CfnParameter(scope, `${own}Name`).valueAsString),
    infrastructure: () => undefined,
  }[spec]();
}

function network(scope: Construct, spec: PlatformSpec['vpc']): ec2.IVpc | undefined {
  const imported = (count: number) => ec2.Vpc.fromVpcAttributes(scope, 'OwnVpc', {
    vpcId: 'vpc-11111111', availabilityZones: ['a', 'b'].slice(0, count), privateSubnetIds: ['subnet-11111111', 'subnet-22222222'].slice(0, count), vpcCidrBlock: '10.0.0.0/16',
  });
  const only = (subnetType: ec2.SubnetType) => new ec2.Vpc(scope, 'OwnVpc', {
    maxAzs: 2, natGateways: 0, restrictDefaultSecurityGroup: false, subnetConfiguration: [{ name: 'only', subnetType }],
  });
  return spec && {
    new: () => new ec2.Vpc(scope, 'OwnVpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false }),
    imported: () => imported(2),
    oneZone: () => imported(1),
    public: () => only(ec2.SubnetType.PUBLIC),
    isolated: () => only(ec2.SubnetType.PRIVATE_ISOLATED),
  }[spec]();
}

function cluster(scope: Construct, spec: PlatformSpec['cluster'], vpc?: ec2.IVpc): eks.ICluster | undefined {
  if (spec === 'new') {
    return new eks.Cluster(scope, 'OwnCluster', { version: eks.KubernetesVersion.of('1.36'), vpc: new ec2.Vpc(scope, 'ClusterVpc', { restrictDefaultSecurityGroup: false }) });
  }
  const all = {
    vpc: vpc ?? ec2.Vpc.fromVpcAttributes(scope, 'ClusterVpc', { vpcId: 'vpc-22222222', availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-33333333', 'subnet-44444444'] }),
    clusterEndpoint: 'https://example.com',
    clusterCertificateAuthorityData: 'Q0E=',
    clusterSecurityGroupId: 'sg-11111111',
  };
  return spec && eks.Cluster.fromClusterAttributes(scope, 'OwnCluster', {
    clusterName: 'own', ...given({ ...all, ...Object.fromEntries(spec.map((attribute) => [attribute, undefined])) }),
  });
}

function text(value?: string): string | undefined {
  return value === TOKEN ? Aws.STACK_NAME : value;
}

function duration(scope: Construct, id: string, value?: number | typeof TOKEN): Duration | undefined {
  if (value === undefined) {
    return undefined;
  }
  return value === TOKEN ? Duration.seconds(new CfnParameter(scope, id, { type: 'Number' }).valueAsNumber) : Duration.millis(value);
}

function removalPolicy(value?: string): RemovalPolicy | undefined {
  return RemovalPolicy[value as keyof typeof RemovalPolicy];
}

/** A prop that is not given is not there, as in a program. */
function given<T extends object>(props: T): T {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as T;
}

import { Token } from 'aws-cdk-lib';
import type * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, DependencyGroup, IConstruct, IDependable } from 'constructs';
import { refuseImageAutomation } from './image-automation';
import { NodeArchitecture } from '../../cluster/node-architecture';
import { InvalidPropError } from '../../private/invalid-prop';
import { requireName } from '../../private/names';
import type { GitOpsPlatformAttributes } from '../gitops-platform-props';
import type { IGitOpsPlatform } from '../gitops-platform-ref';

/** A platform that exists already. */
export class ImportedGitOpsPlatform extends Construct implements IGitOpsPlatform {
  public readonly platformName: string;
  public readonly cluster: eks.ICluster;
  public readonly key: kms.IKey;
  public readonly artifactBucket: s3.IBucket;
  public readonly infrastructureRepository: codecommit.IRepository;
  public readonly deployFunction: lambda.IFunction;
  public readonly repositoryFilesToken: string;
  public readonly startPipelineRole: iam.IRole;
  public readonly architecture: NodeArchitecture;
  public readonly imageAutomation: boolean;
  public readonly ready: IDependable = new DependencyGroup();

  public constructor(scope: Construct, id: string, attributes: GitOpsPlatformAttributes) {
    super(scope, id);
    this.platformName = requireName(this, 'platformName', attributes.platformName);
    this.cluster = eks.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName: attributes.clusterName });
    this.key = attributes.key;
    this.artifactBucket = attributes.artifactBucket;
    this.infrastructureRepository = attributes.infrastructureRepository;
    this.deployFunction = lambda.Function.fromFunctionAttributes(this, 'Deploy', {
      functionArn: requireFunctionArn(this, 'deployFunctionArn', attributes.deployFunctionArn),
      role: attributes.deployRole,
      sameEnvironment: true,
    });
    this.repositoryFilesToken = requireFunctionArn(this, 'repositoryFilesToken', attributes.repositoryFilesToken);
    this.startPipelineRole = attributes.startPipelineRole;
    this.architecture = attributes.architecture ?? NodeArchitecture.ARM64;
    this.imageAutomation = attributes.imageAutomation ?? false;
  }

  public _enableImageAutomation(consumer: IConstruct): void {
    if (!this.imageAutomation) {
      refuseImageAutomation(consumer, this);
    }
  }
}

const FUNCTION_ARN = /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+$/;

function requireFunctionArn(scope: Construct, prop: string, value: string): string {
  if (!Token.isUnresolved(value) && !FUNCTION_ARN.test(value)) {
    throw new InvalidPropError(scope, {
      prop, value, allowed: 'it takes the ARN of a Lambda function, without a version', advice: 'Export it from the platform\'s stack.',
    });
  }
  return value;
}

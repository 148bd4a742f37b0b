import type * as codecommit from 'aws-cdk-lib/aws-codecommit';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, IConstruct, IDependable } from 'constructs';
import { GitOpsPlatformAttributes, GitOpsPlatformProps } from './gitops-platform-props';
import { IGitOpsPlatform } from './gitops-platform-ref';
import { NodeArchitecture } from '../cluster/node-architecture';

/**
 * A cluster that follows a Git repository, and what its applications share.
 */
export class GitOpsPlatform extends Construct implements IGitOpsPlatform {
  /**
   * Refers to a platform that exists already.
   */
  public static fromAttributes(scope: Construct, id: string, attributes: GitOpsPlatformAttributes): IGitOpsPlatform {
    throw new Error(`${scope.node.path}/${id} ${attributes.platformName}`);
  }

  public readonly platformName!: string;
  public readonly cluster!: eks.ICluster;
  public readonly key!: kms.IKey;
  public readonly artifactBucket!: s3.IBucket;
  public readonly infrastructureRepository!: codecommit.IRepository;
  public readonly deployFunction!: lambda.IFunction;
  public readonly repositoryFilesToken!: string;
  public readonly startPipelineRole!: iam.IRole;
  public readonly architecture!: NodeArchitecture;
  public readonly imageAutomation!: boolean;
  public readonly ready!: IDependable;

  public constructor(scope: Construct, id: string, _props: GitOpsPlatformProps = {}) {
    super(scope, id);
  }

  /** @internal */
  public _enableImageAutomation(_consumer: IConstruct): void {
    throw new Error('image automation');
  }
}

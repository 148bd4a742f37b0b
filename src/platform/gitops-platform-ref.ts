import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { IConstruct, IDependable } from 'constructs';
import { NodeArchitecture } from '../cluster/node-architecture';

/**
 * A platform that applications can be delivered to.
 *
 * Everything that an application needs of its platform is here, so that an application may live in
 * another stack than its platform and changes nothing there.
 */
export interface IGitOpsPlatform extends IConstruct {
  /** The platform's name: the prefix of what its applications own, and its folder in the infrastructure repository. */
  readonly platformName: string;

  /** The cluster that the applications run in. */
  readonly cluster: eks.ICluster;

  /** The key for repositories and artifacts. */
  readonly key: kms.IKey;

  /** The bucket for the artifacts of all pipelines. */
  readonly artifactBucket: s3.IBucket;

  /** The repository that says what runs in the cluster. */
  readonly infrastructureRepository: codecommit.IRepository;

  /** The function that promotes an image and watches its rollout, as an action of a pipeline. */
  readonly deployFunction: lambda.IFunction;

  /** The service token of the custom resource that writes files into the infrastructure repository. */
  readonly repositoryFilesToken: string;

  /** The role with which EventBridge starts pipelines whose name begins with the platform's name and a hyphen. */
  readonly startPipelineRole: iam.IRole;

  /** The queue of events that could not be handled: a commit, an image, a deployment, or a push that started no pipeline. */
  readonly failedEvents: sqs.IQueue;

  /** The architecture that images must be built for. */
  readonly architecture: NodeArchitecture;

  /** Whether Flux follows image tags for the environments that ask for it. */
  readonly imageAutomation: boolean;

  /** What has to exist before a pipeline can deliver: depend on it. */
  readonly ready: IDependable;

  /**
   * Turns Flux's image automation on, where the caller lives in the platform's own stack.
   *
   * @internal
   */
  _enableImageAutomation(consumer: IConstruct): void;
}

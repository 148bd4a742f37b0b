import { RemovalPolicy } from 'aws-cdk-lib';
import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import type * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DeployAction } from './deploy-action';
import { APPROVAL_STAGE_PREFIX, type Environment } from './environment';
import { EXPORTED } from '../build/build-specification';
import { acknowledge } from '../private/acknowledge';
import { artifacts, INLINE_POLICY } from '../private/acknowledge-findings';

/** The parts that the pipeline leads a commit through. */
export interface DeliveryPipelineProps {
  readonly pipelineName: string;
  readonly applicationName: string;
  readonly applicationRepository: codecommit.IRepository;
  readonly branch: string;
  readonly build: codebuild.IProject;
  readonly imageRepository: ecr.IRepository;
  readonly environments: Environment[];
  readonly deployFunction: lambda.IFunction;
  readonly artifactBucket: s3.IBucket;
}

/** The stage of an environment's approval, of its own so that a retried or rolled-back deployment does not ask again. */
export function approvalStageName(environment: Environment): string {
  return `${APPROVAL_STAGE_PREFIX}${environment.name}`;
}

/** The name of the action that waits for a person. */
export const APPROVAL_ACTION = 'Approve';

/** Source, build, and for each environment in order its approval and its deploy action. */
export class DeliveryPipeline extends Construct {
  public readonly pipeline: codepipeline.Pipeline;

  public constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    super(scope, id);
    const source = new codepipeline.Artifact('Source');
    const sourceAction = new actions.CodeCommitSourceAction({
      actionName: 'Source',
      variablesNamespace: 'Source',
      repository: props.applicationRepository,
      branch: props.branch,
      output: source,
      trigger: actions.CodeCommitTrigger.NONE, // the application's own rule starts the pipeline
    });
    const buildAction = new actions.CodeBuildAction({
      actionName: 'Build',
      variablesNamespace: 'Build',
      project: props.build,
      input: source,
    });
    this.pipeline = new codepipeline.Pipeline(this, 'Pipeline', {
      pipelineName: props.pipelineName,
      pipelineType: codepipeline.PipelineType.V2,
      executionMode: codepipeline.ExecutionMode.SUPERSEDED, // a newer commit overtakes one that waits for its approval
      artifactBucket: props.artifactBucket,
      usePipelineRoleForActions: true,
      stages: [
        { stageName: 'source', actions: [sourceAction] },
        { stageName: 'build', actions: [buildAction] },
        ...props.environments.flatMap((environment) => this.stages(environment, props, {
          digest: buildAction.variable(EXPORTED.digest),
          tag: buildAction.variable(EXPORTED.tag),
          commit: sourceAction.variables.commitId,
        })),
      ],
    });
    const objects = props.artifactBucket.arnForObjects('*');
    acknowledge(this.pipeline.role, ...INLINE_POLICY, ...artifacts(objects, 'write'));
    acknowledge(props.build.role!, ...artifacts(objects, 'read')); // the pipeline grants it to the build
    this.pipeline.applyRemovalPolicy(RemovalPolicy.DESTROY); // it holds no data; the history is in Git
  }

  private stages(
    environment: Environment,
    props: DeliveryPipelineProps,
    variables: { digest: string; tag: string; commit: string },
  ): codepipeline.StageProps[] {
    const approval = environment.approval ? [{
      stageName: approvalStageName(environment),
      actions: [new actions.ManualApprovalAction({
        actionName: APPROVAL_ACTION,
        notificationTopic: environment.approvalTopic,
        additionalInformation: `${props.applicationName} ${variables.tag} (${variables.digest}) to ${environment.name}`,
      })],
    }] : [];
    return [...approval, {
      stageName: environment.name,
      actions: [new DeployAction({
        deployFunction: props.deployFunction,
        applicationName: props.applicationName,
        environment,
        imageRepositoryName: props.imageRepository.repositoryName,
        imageUri: props.imageRepository.repositoryUri,
        ...variables,
      })],
    }];
  }
}

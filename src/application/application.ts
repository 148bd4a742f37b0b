import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ApplicationOptions } from './application-options';
import { requireImages, requireSource } from './brought-repositories';
import { EnvironmentFiles } from './environment-files';
import { deliveryName, refuseTakenNames } from './taken-names';
import { ImageBuild } from '../build/image-build';
import { ImageRepository } from '../build/image-repository';
import { allowDeployment } from '../delivery/allow-deployment';
import { APPROVAL_ACTION, approvalStageName, DeliveryPipeline } from '../delivery/delivery-pipeline';
import { type Environment, resolveEnvironments } from '../delivery/environment';
import { PushTrigger } from '../delivery/push-trigger';
import { IGitOpsPlatform } from '../platform/gitops-platform-ref';
import { InvalidPropError } from '../private/invalid-prop';
import { nameFromId, requireName } from '../private/names';
import { requireRemovalPolicy } from '../private/removal-policy';
import { ApplicationRepository } from '../source/application-repository';

/**
 * Properties of an application.
 */
export interface ApplicationProps extends ApplicationOptions {
  /**
   * The platform that the application is delivered to. It may live in another stack, which stays as it is.
   */
  readonly platform: IGitOpsPlatform;
}

/**
 * One application: its source, its image, and the pipeline that leads a commit through its environments.
 */
export class Application extends Construct {
  /**
   * The platform that the application is delivered to.
   */
  public readonly platform: IGitOpsPlatform;

  /**
   * Name of the application.
   */
  public readonly applicationName: string;

  /**
   * The repository with the source.
   */
  public readonly applicationRepository: codecommit.IRepository;

  /**
   * The repository with the images.
   */
  public readonly imageRepository: ecr.IRepository;

  /**
   * The pipeline.
   */
  public readonly pipeline: codepipeline.IPipeline;

  /**
   * The environments, in order.
   *
   * @internal
   */
  public readonly _environments: Environment[];

  public constructor(scope: Construct, id: string, props: ApplicationProps) {
    super(scope, id);
    const { platform } = props;
    this.platform = platform;
    this.applicationName = requireName(this, 'applicationName', props.applicationName ?? nameFromId(id));
    this._environments = resolveEnvironments(this, this.applicationName, props.environments);
    refuseTakenNames(this, this.node.root.node.findAll().filter((other): other is Application => other instanceof Application && other !== this));
    requireSource(this, platform, props.applicationRepository);
    requireImages(this, platform, this._environments, props.imageRepository);
    const name = deliveryName(platform, this.applicationName);
    const branch = requireName(this, 'branch', props.branch ?? 'main');
    const removalPolicy = requireRemovalPolicy(this, props.removalPolicy);

    this.applicationRepository = props.applicationRepository ?? new ApplicationRepository(this, 'Source', {
      repositoryName: name, branch, encryptionKey: platform.key, removalPolicy,
    }).repository;
    this.imageRepository = props.imageRepository ?? new ImageRepository(this, 'Images', {
      repositoryName: `${platform.platformName}/${this.applicationName}`,
      environments: this._environments.map((environment) => environment.name),
      removalPolicy,
    }).repository;
    const build = new ImageBuild(this, 'Build', {
      ...props,
      projectName: name,
      imageRepository: this.imageRepository,
      architecture: platform.architecture,
      encryptionKey: platform.key,
    });
    if (props.imageRepository) {
      allowDeployment(this, platform, props.imageRepository);
    }
    const files = new EnvironmentFiles(this, 'Files', {
      platform,
      applicationName: this.applicationName,
      environments: this._environments,
      removedEnvironments: props.removedEnvironments ?? [],
      imageRepository: this.imageRepository,
    });
    const delivery = new DeliveryPipeline(this, 'Delivery', {
      pipelineName: name,
      applicationName: this.applicationName,
      applicationRepository: this.applicationRepository,
      branch,
      build: build.project,
      imageRepository: this.imageRepository,
      environments: this._environments,
      deployFunction: platform.deployFunction,
      artifactBucket: platform.artifactBucket,
    });
    // a new pipeline starts by itself, and its first execution must find a cluster that takes what it delivers
    delivery.node.addDependency(platform.ready, files);
    new PushTrigger(this, 'Trigger', {
      repository: this.applicationRepository,
      branch,
      pipeline: delivery.pipeline,
      startPipelineRole: platform.startPipelineRole,
      deadLetterQueue: platform.failedEvents,
    });
    this.pipeline = delivery.pipeline;
  }

  /**
   * Allows a person or a role to pull and push the application's source.
   *
   * [disable-awslint:no-grants]
   *
   * @param grantee who may
   */
  public grantPush(grantee: iam.IGrantable): iam.Grant {
    return this.applicationRepository.grantPullPush(grantee);
  }

  /**
   * Allows a person or a role to approve or reject what waits for an environment's approval.
   *
   * [disable-awslint:no-grants]
   *
   * @param grantee who may
   * @param environmentName an environment with an approval; every one of them by default
   */
  public grantApprove(grantee: iam.IGrantable, environmentName?: string): iam.Grant {
    const approvals = this._environments.filter(({ approval, name }) => approval && (environmentName ?? name) === name);
    if (approvals.length === 0) {
      throw new InvalidPropError(this, {
        prop: 'environmentName',
        value: environmentName ?? '(every environment)',
        allowed: `environments with an approval are: ${this._environments.filter(({ approval }) => approval).map(({ name }) => name).join(', ') || 'none'}`,
        advice: 'Set `approval: true` on the environment.',
      });
    }
    const approve = iam.Grant.addToPrincipal({
      grantee,
      actions: ['codepipeline:PutApprovalResult'],
      resourceArns: approvals.map((environment) => `${this.pipeline.pipelineArn}/${approvalStageName(environment)}/${APPROVAL_ACTION}`),
    });
    return approve.combine(this.grantRead(grantee)); // who approves has to see what waits, and its token
  }

  /**
   * Allows a person or a role to see the pipeline, its executions and the images.
   *
   * [disable-awslint:no-grants]
   *
   * @param grantee who may
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    const pipeline = iam.Grant.addToPrincipal({
      grantee,
      actions: [
        'codepipeline:GetPipeline',
        'codepipeline:GetPipelineExecution',
        'codepipeline:GetPipelineState',
        'codepipeline:ListActionExecutions',
        'codepipeline:ListPipelineExecutions',
      ],
      resourceArns: [this.pipeline.pipelineArn],
    });
    return pipeline.combine(this.imageRepository.grantRead(grantee));
  }
}

import { Duration } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ClusterAccess } from '../../cluster/cluster-access';
import { handlerOptions } from '../../cluster/handler-function';
import { DEPLOY_IMAGE_ACTIONS } from '../../delivery/allow-deployment';
import { DeployFunction } from '../../delivery/deploy-function';
import { imageRepositoriesArn } from '../../flux/flux-identities';
import { DEPLOY_GROUP, INFRASTRUCTURE_BRANCH } from '../../flux/manifests/names';
import { acknowledge } from '../../private/acknowledge';
import { platformImages, resourcePattern } from '../../private/acknowledge-findings';
import { onBranch } from '../../private/branch-condition';

/** What the deploy function works on. */
export interface DeployerProps {
  readonly platformName: string;
  readonly clusterAccess: ClusterAccess;
  readonly infrastructureRepository: codecommit.IRepository;
  readonly deadLetterQueue: sqs.IQueue;
}

/** The deploy function that all applications share, with rights on what carries the platform's name. */
export class Deployer extends Construct {
  public readonly function: lambda.IFunction;

  public constructor(scope: Construct, id: string, props: DeployerProps) {
    super(scope, id);
    const { clusterAccess, infrastructureRepository } = props;
    const { role, ...options } = handlerOptions(this, clusterAccess);
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['codecommit:CreateCommit'],
      resources: [infrastructureRepository.repositoryArn],
      conditions: onBranch(INFRASTRUCTURE_BRANCH),
    }));
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['codecommit:GetBranch', 'codecommit:GetCommit', 'codecommit:GetFile'],
      resources: [infrastructureRepository.repositoryArn],
    }));
    role.addToPolicy(new iam.PolicyStatement({
      actions: DEPLOY_IMAGE_ACTIONS,
      resources: [imageRepositoriesArn(this, props.platformName)],
    }));
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['codepipeline:PutJobFailureResult', 'codepipeline:PutJobSuccessResult'],
      resources: ['*'], // a job is no resource; who knows its id may answer it
    }));
    acknowledge(
      role,
      resourcePattern('*', 'The two answers to a CodePipeline job: a job is no resource, and only who was given its id can answer it.'),
      platformImages(imageRepositoriesArn(this, props.platformName)),
    );
    clusterAccess.addGroupMember('Deploy', role, DEPLOY_GROUP);
    this.function = new DeployFunction(this, 'Deploy', {
      ...options,
      role,
      description: 'Promotes an image and watches its rollout',
      timeout: Duration.minutes(5),
      environment: {
        ...clusterAccess.environment,
        PLATFORM_NAME: props.platformName,
        INFRASTRUCTURE_REPOSITORY: infrastructureRepository.repositoryName,
        INFRASTRUCTURE_BRANCH,
      },
      deadLetterQueue: props.deadLetterQueue,
    });
  }
}

import type * as codecommit from 'aws-cdk-lib/aws-codecommit';
import type * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** What starts when a branch moves. */
export interface PushTriggerProps {
  readonly repository: codecommit.IRepository;
  readonly branch: string;
  readonly pipeline: codepipeline.IPipeline;
  /** A role that EventBridge takes to start the pipeline; it is the platform's and stays as it is. */
  readonly startPipelineRole: iam.IRole;
  /** Takes the pushes that started nothing within EventBridge's 24 hours of retries; it is the platform's, too. */
  readonly deadLetterQueue: sqs.IQueue;
}

/** Starts the pipeline when its branch gets a commit, by event and not by polling. */
export class PushTrigger extends Construct {
  public constructor(scope: Construct, id: string, props: PushTriggerProps) {
    super(scope, id);
    new events.Rule(this, 'Rule', {
      description: `Starts the pipeline when ${props.branch} moves`,
      eventPattern: {
        source: ['aws.codecommit'],
        detailType: ['CodeCommit Repository State Change'],
        resources: [props.repository.repositoryArn],
        detail: {
          event: ['referenceCreated', 'referenceUpdated'],
          referenceType: ['branch'],
          referenceName: [props.branch],
        },
      },
      targets: [{
        bind: () => ({
          arn: props.pipeline.pipelineArn,
          role: props.startPipelineRole,
          deadLetterConfig: { arn: props.deadLetterQueue.queueArn },
        }),
      }],
    });
  }
}

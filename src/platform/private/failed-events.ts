import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../../private/acknowledge';
import { control } from '../../private/acknowledge-findings';

/** Where events go that no handler could deal with, and an alarm that says so. */
export class FailedEvents extends Construct {
  public readonly queue: sqs.Queue;
  public readonly alarm: cloudwatch.Alarm;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new sqs.Queue(this, 'Queue', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue.addToResourcePolicy(fromRules(this.queue));
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmDescription: 'A push, a commit, an image or a deployment was not handled. The queue holds the event.',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM, period: Duration.minutes(1) }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    acknowledge(this.alarm, ...control('CloudWatchAlarmAction', 'Whom to tell is not known here: add an action to `failedEventsAlarm`.'));
  }
}

/** Rules of applications come later and from other stacks, and this stack stays as it is then; CloudFormation names them. */
function fromRules(queue: sqs.Queue): iam.PolicyStatement {
  const stack = Stack.of(queue);
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'events', resource: 'rule', resourceName: '*' }) },
    },
  });
}

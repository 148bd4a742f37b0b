import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Sandbox } from '../../sandbox';
import { ACCOUNT, REGION } from '../../sandbox/account';

const OPERATOR = 'operator';

/** The queue of events that nobody could handle, as somebody sees it whom the alarm has called */
export class DeadLetters {
  /** Deploys a role of an operator, in a stack of its own. */
  public static async open(sandbox: Sandbox): Promise<DeadLetters> {
    const app = new App({ outdir: join(sandbox.dir, 'operator'), analyticsReporting: false });
    new iam.Role(new Stack(app, 'OperatorStack'), 'Operator', {
      roleName: OPERATOR,
      assumedBy: new iam.AccountRootPrincipal(),
      inlinePolicies: {
        look: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({ actions: ['sqs:ListQueues', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'], resources: ['*'] })],
        }),
      },
    });
    await sandbox.account.deploy(app.synth().directory);
    return new DeadLetters(sandbox);
  }

  private url?: string;

  private constructor(private readonly sandbox: Sandbox) {}

  /** The logical id of the queue whose visible messages the alarm counts. */
  public alarmedQueue(): string {
    const { Resources } = JSON.parse(readFileSync(join(this.sandbox.dir, 'assembly', 'ShopStack.template.json'), 'utf8'));
    const [alarm] = Object.values<any>(Resources)
      .filter(({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && Properties.MetricName === 'ApproximateNumberOfMessagesVisible');
    return alarm.Properties.Dimensions.find(({ Name }: any) => Name === 'QueueName').Value['Fn::GetAtt'][0];
  }

  /** What the alarm's metric counts. */
  public async visible(): Promise<number> {
    const { Attributes } = await this.call('GetQueueAttributes', { QueueUrl: await this.queue(), AttributeNames: ['ApproximateNumberOfMessages'] });
    return Number(Attributes.ApproximateNumberOfMessages);
  }

  public async receive(): Promise<any[]> {
    const { Messages = [] } = await this.call('ReceiveMessage', { QueueUrl: await this.queue(), MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
    return Messages.map(({ Body }: { Body: string }) => JSON.parse(Body));
  }

  private async queue(): Promise<string> {
    this.url ??= (await this.call('ListQueues', {})).QueueUrls.find((url: string) => url.includes(this.alarmedQueue().slice(0, 30)));
    return this.url!;
  }

  private async call(operation: string, input: object): Promise<any> {
    const credentials = await this.sandbox.account.sessionFor(`arn:aws:iam::${ACCOUNT}:role/${OPERATOR}`);
    const { hostname, port, host } = new URL(this.sandbox.account.endpointUrl);
    const request = await new SignatureV4({ credentials, region: REGION, service: 'sqs', sha256: Sha256 }).sign({
      protocol: 'http:',
      hostname,
      port: Number(port),
      method: 'POST',
      path: '/',
      headers: { 'host': host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
      body: JSON.stringify(input),
    });
    const answer = await fetch(this.sandbox.account.endpointUrl, { method: 'POST', headers: request.headers, body: request.body });
    if (!answer.ok) throw new Error(`${operation}: ${await answer.text()}`);
    return answer.json();
  }
}

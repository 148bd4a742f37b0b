import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnOutput, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';

/** Answers a custom resource with the head of a branch, and fails on purpose where an event asks for it. */
const HANDLER = `
const { CodeCommitClient, GetBranchCommand, CreateCommitCommand } = require('@aws-sdk/client-codecommit');
const codecommit = new CodeCommitClient({});
const repositoryName = 'tiny', branchName = 'main';
exports.handler = async (event) => {
  if (event.detail?.referenceName === 'boom') throw new Error('boom');
  if (event.op === 'version') return process.version;
  const { branch } = await codecommit.send(new GetBranchCommand({ repositoryName, branchName }));
  if (event.op === 'commit') {
    const putFiles = [{ filePath: 'x', fileContent: Buffer.from('x') }];
    await codecommit.send(new CreateCommitCommand({ repositoryName, branchName, parentCommitId: branch.commitId, putFiles }));
  }
  if (event.ResponseURL) {
    const { StackId, RequestId, LogicalResourceId } = event;
    const answer = { Status: 'SUCCESS', PhysicalResourceId: 'head', StackId, RequestId, LogicalResourceId, Data: { Commit: branch.commitId } };
    await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
  }
  return branch.commitId;
};`;

/** A small CDK app with one of each thing that the account plays, written below a folder. */
export function synthesizeTinyApp(folder: string): string {
  const seed = join(folder, 'seed');
  mkdirSync(join(seed, 'bin'), { recursive: true });
  writeFileSync(join(seed, 'README.md'), '# Tiny\n');
  writeFileSync(join(seed, 'bin', 'run.sh'), '#!/bin/sh\n');
  chmodSync(join(seed, 'bin', 'run.sh'), 0o755);

  const app = new App({ outdir: join(folder, 'cdk.out') });
  const stack = new Stack(app, 'Tiny', { env: { account: '111122223333', region: 'eu-west-1' } });
  new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const key = new kms.Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
  const bucket = new s3.Bucket(stack, 'Bucket', { encryptionKey: key, removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true });
  const repository = new codecommit.Repository(stack, 'Repository', { repositoryName: 'tiny', code: codecommit.Code.fromDirectory(seed, 'main') });
  const secret = new codecommit.Repository(stack, 'Secret', { repositoryName: 'secret', code: codecommit.Code.fromDirectory(seed, 'main'), kmsKey: key });

  // the key's own policy lets everybody of the account use it through CodeCommit, and in no other way
  const sharedKey = new kms.Key(stack, 'SharedKey', { removalPolicy: RemovalPolicy.DESTROY });
  sharedKey.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.AnyPrincipal()],
    actions: ['kms:Decrypt'],
    resources: ['*'],
    conditions: { StringEquals: { 'kms:CallerAccount': stack.account, 'kms:ViaService': `codecommit.${stack.region}.amazonaws.com` } },
  }));
  const shared = new codecommit.Repository(stack, 'Shared', { repositoryName: 'shared', code: codecommit.Code.fromDirectory(seed, 'main'), kmsKey: sharedKey });

  const deadLetters = new sqs.Queue(stack, 'DeadLetters', { queueName: 'dead-letters' });
  const received = new sqs.Queue(stack, 'Events', { queueName: 'events' });
  const handler = new lambda.Function(stack, 'Handler', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    timeout: Duration.seconds(30),
    code: lambda.Code.fromInline(HANDLER),
    deadLetterQueue: deadLetters,
    retryAttempts: 1,
  });
  repository.grant(handler, 'codecommit:GetBranch');
  const rule = new events.Rule(stack, 'Pushed', {
    eventPattern: { source: ['aws.codecommit'], detailType: ['CodeCommit Repository State Change'], resources: [repository.repositoryArn] },
  });
  rule.addTarget(new targets.LambdaFunction(handler));
  rule.addTarget(new targets.SqsQueue(received));
  const head = new CustomResource(stack, 'Head', { serviceToken: handler.functionArn, resourceType: 'Custom::Head' });
  head.node.addDependency(repository);

  const person = (name: string) => new iam.Role(stack, name, { roleName: name.toLowerCase(), assumedBy: new iam.AccountRootPrincipal() });
  const puller = person('Puller');
  const pusher = person('Pusher');
  const images = new ecr.Repository(stack, 'Images', {
    repositoryName: 'tiny/app', imageTagMutability: ecr.TagMutability.IMMUTABLE, removalPolicy: RemovalPolicy.DESTROY, emptyOnDelete: true,
  });
  repository.grantPull(puller);
  secret.grantPull(puller);
  shared.grantPullPush(puller);
  images.grantPull(puller);
  repository.grantPullPush(pusher);
  repository.grant(pusher, 'codecommit:*');
  secret.grantPullPush(pusher);
  key.grantEncryptDecrypt(pusher);
  key.grant(pusher, 'kms:DescribeKey');
  images.grantPullPush(pusher);
  images.grant(pusher, 'ecr:DescribeImages');
  bucket.grantReadWrite(pusher);
  deadLetters.grantConsumeMessages(pusher);
  received.grantConsumeMessages(pusher);
  puller.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }));

  new CfnOutput(stack, 'Commit', { value: head.getAttString('Commit') });
  new CfnOutput(stack, 'HandlerArn', { value: handler.functionArn });
  new CfnOutput(stack, 'BucketName', { value: bucket.bucketName });
  new CfnOutput(stack, 'ImagesUri', { value: images.repositoryUri });
  new CfnOutput(stack, 'CloneUrl', { value: repository.repositoryCloneUrlHttp });
  return app.synth().directory;
}

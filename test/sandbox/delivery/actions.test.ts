import { setTimeout as sleep } from 'node:timers/promises';
import { FakeAccount } from './fake-account';
import { AwsError } from '../../../sandbox/account/contracts';
import { LambdaInvoke } from '../../../sandbox/delivery/pipeline/actions/lambda-invoke';
import { ManualApproval } from '../../../sandbox/delivery/pipeline/actions/manual-approval';
import { CodePipelineService } from '../../../sandbox/delivery/pipeline/codepipeline-service';
import { pipelineDefinition } from '../../../sandbox/delivery/pipeline/definition';
import { Execution, isOver } from '../../../sandbox/delivery/pipeline/execution';
import { Pipeline } from '../../../sandbox/delivery/pipeline/pipeline';

const ROLE = 'arn:aws:iam::111122223333:role/pipeline';
const trigger = { triggerType: 'StartPipelineExecution', triggerDetail: 'test' };

let account: FakeAccount;
let service: CodePipelineService;
let lambda: LambdaInvoke;
let approvals: ManualApproval;
const pipelines = new Map<string, Pipeline>();

beforeEach(async () => {
  account = await FakeAccount.start();
  approvals = new ManualApproval(account);
  answerWithin(30_000);
});
afterEach(() => account.stop());

function answerWithin(answerMilliseconds: number): void {
  lambda = new LambdaInvoke(account, { resumeMilliseconds: 5, answerMilliseconds });
  service = new CodePipelineService(pipelines, approvals, lambda);
}

function start(provider: string, Configuration: object): Execution {
  const runners = { 'Invoke/Lambda': lambda, 'Approval/Manual': approvals };
  const [Category, Provider] = provider.split('/');
  const build = { Name: 'First', ActionTypeId: { Category: 'Approval', Owner: 'AWS', Provider: 'Manual', Version: '1' } };
  const action = { Name: 'Act', ActionTypeId: { Category, Owner: 'AWS', Provider, Version: '1' }, Configuration, Namespace: 'Act' };
  const pipeline = new Pipeline(pipelineDefinition({
    Name: 'shop',
    RoleArn: ROLE,
    PipelineType: 'V2',
    ArtifactStore: { Type: 'S3', Location: 'artifacts' },
    Stages: [{ Name: 'act', Actions: [action] }, { Name: 'rest', Actions: [build] }],
  }, Object.keys(runners)), runners);
  pipelines.set('shop', pipeline);
  return pipeline.start({ trigger });
}

const act = (execution: Execution) => execution.stages.get('act')?.actions.get('Act');

async function until<T>(probe: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 400; tries++) {
    const found = probe();
    if (found) return found;
    await sleep(5);
  }
  throw new Error('did not happen');
}

const ended = (execution: Execution) => until(() => isOver(execution) || act(execution)?.status === 'Succeeded' ? act(execution) : undefined);

const call = (operation: string, input: object) => service.handle({ operation, input, principal: 'arn:aws:iam::111122223333:role/deploy' });

test('a function is invoked as the pipeline, again with its token as long as it asks to continue, and its variables are kept', async () => {
  const jobs: any[] = [];
  account.answer('lambda', ({ input }) => {
    const job = input['CodePipeline.job'];
    jobs.push(job);
    const result = jobs.length < 3
      ? { continuationToken: `step ${jobs.length}`, executionDetails: { summary: `${jobs.length} of 3` } }
      : { outputVariables: { REVISION: 'abc' }, executionDetails: { summary: 'done' } };
    setTimeout(() => void call('PutJobSuccessResult', { jobId: job.id, ...result }), 1);
  });
  const execution = start('Invoke/Lambda', { FunctionName: 'deploy', UserParameters: '{"environment":"production"}' });
  expect(await ended(execution)).toMatchObject({ status: 'Succeeded', variables: { REVISION: 'abc' }, summary: 'done' });
  expect(jobs[0]).toMatchObject({
    accountId: '111122223333',
    data: {
      actionConfiguration: { configuration: { FunctionName: 'deploy', UserParameters: '{"environment":"production"}' } },
      inputArtifacts: [],
      outputArtifacts: [],
      artifactCredentials: { secretAccessKey: 'secret', sessionToken: 'token' },
    },
  });
  expect(jobs.map(({ data }) => data.continuationToken)).toEqual([undefined, 'step 1', 'step 2']);
  expect(new Set(jobs.map(({ id }) => id)).size).toBe(3);
  expect(new Set(account.calls.map(({ role }) => role))).toEqual(new Set([ROLE]));
});

test('what a function says of a failure is the action\'s reason', async () => {
  account.answer('lambda', ({ input }) => {
    setTimeout(() => void call('PutJobFailureResult', { jobId: input['CodePipeline.job'].id, failureDetails: { type: 'JobFailed', message: 'ImagePullBackOff in shop-1' } }), 1);
  });
  expect(await ended(start('Invoke/Lambda', { FunctionName: 'deploy' }))).toMatchObject({ status: 'Failed', error: { code: 'JobFailed', message: 'ImagePullBackOff in shop-1' } });
});

test('a function that never answers fails, and its answer afterwards is refused', async () => {
  answerWithin(200);
  let jobId = '';
  account.answer('lambda', ({ input }) => void (jobId = input['CodePipeline.job'].id));
  expect((await ended(start('Invoke/Lambda', { FunctionName: 'deploy' }))).error).toMatchObject({ code: 'JobTimedOut', message: expect.stringContaining('deploy failed to return a result') });
  await expect(call('PutJobSuccessResult', { jobId })).rejects.toMatchObject({ code: 'InvalidJobStateException' });
  await expect(call('PutJobSuccessResult', { jobId: 'other' })).rejects.toMatchObject({ code: 'JobNotFoundException' });
});

test('a pipeline that may not invoke the function fails at once', async () => {
  account.answer('lambda', () => {
    throw new AwsError('AccessDeniedException', 'not authorized to perform: lambda:InvokeFunction', 403);
  });
  expect((await ended(start('Invoke/Lambda', { FunctionName: 'deploy' }))).error).toEqual({
    code: 'PermissionError', message: 'Lambda function deploy could not be invoked: AccessDeniedException: not authorized to perform: lambda:InvokeFunction',
  });
});

test('an approval waits for the answer to its token', async () => {
  account.answer('sns', () => ({}));
  const execution = start('Approval/Manual', { NotificationArn: 'arn:aws:sns:eu-west-1:111122223333:approvals', CustomData: 'shop to production' });
  const { token } = await until(() => act(execution)?.token ? act(execution) : undefined);
  expect(account.calls).toMatchObject([{ role: ROLE, service: 'sns', operation: 'Publish', input: { TopicArn: 'arn:aws:sns:eu-west-1:111122223333:approvals' } }]);
  const answer = (more: object) => call('PutApprovalResult', { pipelineName: 'shop', stageName: 'act', actionName: 'Act', token, result: { status: 'Approved', summary: 'fine' }, ...more });
  await expect(answer({ token: 'guessed' })).rejects.toMatchObject({ code: 'InvalidApprovalTokenException' });
  await expect(answer({ actionName: 'Other' })).rejects.toMatchObject({ code: 'ActionNotFoundException' });
  await answer({});
  expect(await ended(execution)).toMatchObject({ status: 'Succeeded', summary: 'fine' });
  await expect(answer({})).rejects.toMatchObject({ code: 'InvalidApprovalTokenException' });
});

test('a rejected approval fails the execution with what was said', async () => {
  const execution = start('Approval/Manual', {});
  const { token } = await until(() => act(execution)?.token ? act(execution) : undefined);
  await call('PutApprovalResult', { pipelineName: 'shop', stageName: 'act', actionName: 'Act', token, result: { status: 'Rejected', summary: 'not on a Friday' } });
  expect((await ended(execution)).error).toEqual({ code: 'ApprovalRejected', message: 'not on a Friday' });
  await until(() => isOver(execution));
  expect(execution.status).toBe('Failed');
});

test('an operation that is not there is refused', async () => {
  await expect(call('DeletePipeline', {})).rejects.toMatchObject({ code: 'UnknownOperationException' });
  await expect(call('toString', {})).rejects.toMatchObject({ code: 'UnknownOperationException' });
  await expect(call('GetPipeline', { name: 'nothing' })).rejects.toMatchObject({ code: 'PipelineNotFoundException' });
});

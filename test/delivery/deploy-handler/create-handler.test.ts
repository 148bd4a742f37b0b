import { CodePipelineClient, PutJobFailureResultCommand, PutJobSuccessResultCommand } from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';
import { refused } from './fake-ecr';
import { World } from './world';
import { putAnswer } from '../../../src/delivery/deploy-handler/answer';
import { createHandler } from '../../../src/delivery/deploy-handler/create-handler';

const codePipeline = mockClient(CodePipelineClient);
beforeEach(() => codePipeline.reset());

const client = new CodePipelineClient({ region: 'eu-west-1' });
const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn(), appendKeys: jest.fn() };
const context = { getRemainingTimeInMillis: () => 60_000, invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:deploy' };
const event = (UserParameters: string) => ({ 'CodePipeline.job': { id: 'job', data: { actionConfiguration: { configuration: { UserParameters } } } } });
const parameters = JSON.stringify(new World().parameters(`sha256:${'b'.repeat(64)}`));

test('a setting that is missing fails the job, which is named in the log', async () => {
  await createHandler({ codePipeline: client, log, services: () => { throw new Error('CLUSTER_NAME\nis not set'); } })(event(parameters), context);
  expect(codePipeline.commandCalls(PutJobFailureResultCommand)[0].args[0].input)
    .toEqual({ jobId: 'job', failureDetails: { type: 'JobFailed', message: 'CLUSTER_NAME is not set' } });
  expect(log.appendKeys).toHaveBeenCalledWith({ execution: 'execution-1', application: 'shop', environment: 'production' });
});

test.each([
  ['is no job', {}, /no CodePipeline job/],
  ['is of another account', { 'CodePipeline.job': { id: 'job', accountId: '999999999999' } }, /of the account 999999999999, but this function serves pipelines of 111122223333 only/],
])('an event that %s is logged once, and not tried again', async (_, input, reason) => {
  await createHandler({ codePipeline: client, log, services: jest.fn() })(input, context);
  expect(log.error.mock.calls).toEqual([[expect.stringMatching(reason), {}]]);
  expect(log.info).not.toHaveBeenCalled();
  expect(codePipeline.calls()).toEqual([]);
});

test('an answer that CodePipeline did not take fails the invocation, which Lambda repeats', async () => {
  codePipeline.on(PutJobFailureResultCommand).rejects(refused('ServiceUnavailable'));
  await expect(createHandler({ codePipeline: client, log, services: jest.fn() })(event('{}'), context)).rejects.toThrow('ServiceUnavailable');
});

test('an answer that nobody waits for is dropped', async () => {
  codePipeline.on(PutJobSuccessResultCommand).rejects(refused('InvalidJobStateException'));
  expect(await putAnswer(client, 'job', { kind: 'succeeded', summary: 'runs' })).toBe(false);
});

test('a message stays within what CodePipeline takes', async () => {
  await putAnswer(client, 'job', { kind: 'failed', message: 'x\n'.repeat(9000) });
  const { message } = codePipeline.commandCalls(PutJobFailureResultCommand)[0].args[0].input.failureDetails!;
  expect(message!.length).toBe(1500);
  expect(message).not.toContain('\n');
});

test('only an action that goes on has a token, and an action that succeeded names its commit', async () => {
  await putAnswer(client, 'job', { kind: 'continue', summary: 'waits', state: { phase: 'promote', deployment: 'job', attempts: 1 } });
  await putAnswer(client, 'job', { kind: 'succeeded', summary: 'runs', commit: 'c0ffee' });
  expect(codePipeline.commandCalls(PutJobSuccessResultCommand).map(({ args }) => args[0].input)).toEqual([
    { jobId: 'job', executionDetails: { summary: 'waits' }, continuationToken: '{"phase":"promote","deployment":"job","attempts":1}' },
    { jobId: 'job', executionDetails: { summary: 'runs', externalExecutionId: 'c0ffee' } },
  ]);
});

import { setImmediate as turn } from 'node:timers/promises';
import { ActionContext, ActionFailure, ActionResult, ActionRunner } from '../../../sandbox/delivery/pipeline/action-runner';
import { pipelineDefinition } from '../../../sandbox/delivery/pipeline/definition';
import { pipelineState } from '../../../sandbox/delivery/pipeline/describe';
import { Execution, isOver } from '../../../sandbox/delivery/pipeline/execution';
import { Pipeline } from '../../../sandbox/delivery/pipeline/pipeline';

const trigger = { triggerType: 'StartPipelineExecution', triggerDetail: 'test' };

/** Actions that end when the test says so */
class Held implements ActionRunner {
  public readonly running: { context: ActionContext; succeed: (result?: ActionResult) => void; fail: (error: Error) => void }[] = [];

  public run(context: ActionContext): Promise<ActionResult> {
    return new Promise((resolve, reject) => this.running.push({ context, succeed: (result = {}) => resolve(result), fail: reject }));
  }

  /** The next action, once it runs. */
  public async next() {
    for (let turns = 0; this.running.length === 0; turns++) {
      if (turns > 100) throw new Error('no action runs');
      await turn();
    }
    return this.running.shift()!;
  }
}

function action(Name: string, more: object = {}) {
  return { Name, ActionTypeId: { Category: 'Invoke', Owner: 'AWS', Provider: 'Lambda', Version: '1' }, ...more };
}

function pipeline(stages: object, more: object = {}) {
  const runner = new Held();
  const definition = pipelineDefinition({
    Name: 'shop',
    RoleArn: 'arn:aws:iam::111122223333:role/pipeline',
    PipelineType: 'V2',
    ArtifactStore: { Type: 'S3', Location: 'artifacts' },
    Stages: Object.entries(stages).map(([Name, Actions]) => ({ Name, Actions })),
    ...more,
  }, ['Invoke/Lambda']);
  return { runner, pipeline: new Pipeline(definition, { 'Invoke/Lambda': runner }) };
}

async function over(...executions: Execution[]) {
  for (let turns = 0; !executions.every(isOver); turns++) {
    if (turns > 100) throw new Error(`still ${executions.map(({ status }) => status)}`);
    await turn();
  }
}

const two = { build: [action('Build')], production: [action('Deploy')] };

test('hands variables and artifacts on from action to action', async () => {
  const { runner, pipeline: shop } = pipeline({
    build: [action('Build', { Namespace: 'Build', OutputArtifacts: [{ Name: 'Image' }] })],
    production: [action('Deploy', {
      Configuration: { UserParameters: '{"digest":"#{Build.DIGEST}","execution":"#{codepipeline.PipelineExecutionId}","size":"#{variables.SIZE}"}' },
      InputArtifacts: [{ Name: 'Image' }],
    })],
  }, { Variables: [{ Name: 'SIZE', DefaultValue: 'small' }] });
  const execution = shop.start({ trigger });
  const image = { name: 'Image', bucket: 'artifacts', key: 'shop/Image/1' };
  (await runner.next()).succeed({ variables: { DIGEST: 'sha256:1' }, outputs: [image] });
  const deploy = await runner.next();
  expect(JSON.parse(deploy.context.configuration.UserParameters)).toEqual({ digest: 'sha256:1', execution: execution.id, size: 'small' });
  expect(deploy.context.inputs).toEqual([image]);
  deploy.succeed();
  await over(execution);
  expect(execution.status).toBe('Succeeded');
});

test('fails an action whose variable nobody set, without running it', async () => {
  const { runner, pipeline: shop } = pipeline({
    build: [action('Build', { Namespace: 'Build' })],
    production: [action('Deploy', { Configuration: { UserParameters: '#{Build.DIGEST}' } })],
  });
  const execution = shop.start({ trigger });
  (await runner.next()).succeed({ variables: { TAG: 'a' } });
  await over(execution);
  expect(execution.status).toBe('Failed');
  expect(runner.running).toEqual([]);
  expect(execution.stages.get('production')!.actions.get('Deploy')!.error).toEqual({
    code: 'ConfigurationError', message: 'UserParameters refers to #{Build.DIGEST}, but Build has only the variables TAG.',
  });
});

test('runs actions by their order and those of one order at once', async () => {
  const { runner, pipeline: shop } = pipeline({
    build: [action('Last', { RunOrder: 2 }), action('A'), action('B', { RunOrder: 1 })],
    production: [action('Deploy')],
  });
  shop.start({ trigger });
  const [a, b] = [await runner.next(), await runner.next()];
  expect([a.context.action.name, b.context.action.name]).toEqual(['A', 'B']);
  a.succeed();
  await turn();
  expect(runner.running).toEqual([]);
  b.succeed();
  expect((await runner.next()).context.action.name).toBe('Last');
});

test('shows the reason of a failure and goes no further', async () => {
  const { runner, pipeline: shop } = pipeline(two);
  const execution = shop.start({ trigger });
  (await runner.next()).fail(new ActionFailure('JobFailed', 'image pull failed'));
  await over(execution);
  expect(execution.status).toBe('Failed');
  expect(pipelineState(shop)).toMatchObject({
    stageStates: [
      { stageName: 'build', latestExecution: { status: 'Failed' }, actionStates: [{ latestExecution: { errorDetails: { code: 'JobFailed', message: 'image pull failed' } } }] },
      { stageName: 'production', actionStates: [{ actionName: 'Deploy' }] },
    ],
  });
  expect(execution.stages.has('production')).toBe(false);
});

test('lets the newest execution supersede the one that waits before a stage', async () => {
  const { runner, pipeline: shop } = pipeline(two);
  const first = shop.start({ trigger });
  (await runner.next()).succeed();
  const deploy = await runner.next();
  const second = shop.start({ trigger });
  (await runner.next()).succeed();
  await turn();
  expect(pipelineState(shop)).toMatchObject({ stageStates: [{}, { inboundExecution: { pipelineExecutionId: second.id } }] });
  const third = shop.start({ trigger });
  (await runner.next()).succeed();
  await over(second);
  expect(second.status).toBe('Superseded');
  deploy.succeed();
  await over(first);
  const next = await runner.next();
  expect(next.context.execution.id).toBe(third.id);
  next.succeed();
  await over(third);
  expect([first.status, third.status]).toEqual(['Succeeded', 'Succeeded']);
});

test('runs queued executions one after the other', async () => {
  const { runner, pipeline: shop } = pipeline(two, { ExecutionMode: 'QUEUED' });
  const executions = [1, 2, 3].map(() => shop.start({ trigger }));
  const order: string[] = [];
  for (let actions = 0; actions < 6; actions++) {
    const next = await runner.next();
    if (next.context.stage === 'production') order.push(next.context.execution.id);
    next.succeed();
  }
  await over(...executions);
  expect(executions.map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
  expect(order).toEqual(executions.map(({ id }) => id));
});

test('never has two executions in one stage, unless they run in parallel', async () => {
  const queued = pipeline(two, { ExecutionMode: 'QUEUED' });
  const parallel = pipeline(two, { ExecutionMode: 'PARALLEL' });
  for (const { pipeline: shop } of [queued, parallel]) {
    shop.start({ trigger });
    shop.start({ trigger });
  }
  await turn();
  expect(queued.runner.running).toHaveLength(1);
  expect(parallel.runner.running).toHaveLength(2);
});

test('runs only the failed actions of a stage again', async () => {
  const { runner, pipeline: shop } = pipeline({ build: [action('A'), action('B')], production: [action('Deploy')] });
  const execution = shop.start({ trigger });
  (await runner.next()).succeed();
  (await runner.next()).fail(new Error('flaky'));
  await over(execution);
  shop.retryStage('build', execution.id, true);
  const again = await runner.next();
  expect(again.context.action.name).toBe('B');
  expect(runner.running).toEqual([]);
  again.succeed();
  (await runner.next()).succeed();
  await over(execution);
  expect(execution.status).toBe('Succeeded');
  expect(() => shop.retryStage('build', execution.id, true)).toThrow('did not fail');
  const other = shop.start({ trigger });
  (await runner.next()).fail(new Error('flaky'));
  (await runner.next()).succeed();
  await over(other);
  expect(() => shop.retryStage('build', execution.id, true)).toThrow('is not the latest execution of the stage build');
  shop.update(shop.definition);
  expect(() => shop.retryStage('build', other.id, true)).toThrow('it has version 2, and that ran 1');
});

test('rolls a stage back with the variables of an earlier execution, and runs nothing behind it', async () => {
  const { runner, pipeline: shop } = pipeline({
    build: [action('Build', { Namespace: 'Build' })],
    staging: [action('Deploy', { Configuration: { UserParameters: '#{Build.DIGEST}' } })],
    production: [action('Deploy')],
  });
  const run = async (digest: string) => {
    const execution = shop.start({ trigger });
    (await runner.next()).succeed({ variables: { DIGEST: digest } });
    (await runner.next()).succeed();
    (await runner.next()).succeed();
    await over(execution);
    return execution;
  };
  const first = await run('one');
  await run('two');
  const rollback = shop.rollbackStage('staging', first.id);
  const deploy = await runner.next();
  expect(deploy.context.configuration.UserParameters).toBe('one');
  deploy.succeed();
  await over(rollback);
  expect(rollback.status).toBe('Succeeded');
  expect([...rollback.stages.keys()]).toEqual(['staging']);
  shop.update(shop.definition);
  expect(() => shop.rollbackStage('staging', first.id)).toThrow('version 1 of the pipeline, which has version 2 now');
});

test('stops when the running action has ended, or abandons it', async () => {
  const { runner, pipeline: shop } = pipeline(two);
  const [waited, abandoned] = [shop.start({ trigger }), shop.start({ trigger })];
  const build = await runner.next();
  shop.stop(waited.id, false, 'enough');
  await turn();
  expect(waited.status).toBe('Stopping');
  build.succeed();
  await over(waited);
  expect(waited).toMatchObject({ status: 'Stopped', statusSummary: 'enough' });
  await runner.next();
  shop.stop(abandoned.id, true);
  await over(abandoned);
  expect(abandoned.status).toBe('Stopped');
  expect(abandoned.stages.get('build')!.actions.get('Build')!.status).toBe('Abandoned');
});

test('fails to make a pipeline with something that it would not run', () => {
  expect(() => pipeline({ ...two, production: [action('Deploy', { ActionTypeId: { Category: 'Deploy', Owner: 'AWS', Provider: 'CodeDeploy', Version: '1' } })] }))
    .toThrow('the action Deploy of the pipeline shop: it is Deploy/CodeDeploy, and those that run are Invoke/Lambda');
  expect(() => pipeline(two, { PipelineType: 'V1' })).toThrow('only V2 pipelines are run');
  expect(() => pipeline(two, { Triggers: [] })).toThrow('Triggers');
});

import { randomUUID } from 'node:crypto';
import { ActionFailure, ActionRunner } from './action-runner';
import { ActionDefinition, PipelineDefinition, StageDefinition } from './definition';
import { ActionExecution, Artifact, Execution, namespacesOf, StageExecution } from './execution';
import { resolveConfiguration } from './variables';
import { AwsError } from '../../account/contracts';

export interface StageRun {
  readonly pipeline: PipelineDefinition;
  readonly stage: StageDefinition;
  readonly execution: Execution;
  readonly runners: Readonly<Record<string, ActionRunner>>;
  /** Aborted when the actions that run are to be abandoned. */
  readonly abandoned: AbortSignal;
  /** Actions that succeeded before are not run again. */
  readonly keepSucceeded: boolean;
  readonly onAction: (stage: StageExecution, action: ActionExecution) => void;
}

/** Runs a stage's actions in their run order, those of the same order at once. */
export async function runStage(run: StageRun): Promise<StageExecution> {
  const earlier = run.execution.stages.get(run.stage.name);
  const kept = [...earlier?.actions ?? []].filter(([, action]) => run.keepSucceeded && action.status === 'Succeeded');
  const result: StageExecution = { name: run.stage.name, status: 'InProgress', actions: new Map(kept) };
  run.execution.stages.set(run.stage.name, result);

  const orders = [...new Set(run.stage.actions.map(({ runOrder }) => runOrder))].sort((a, b) => a - b);
  for (const order of orders) {
    const actions = run.stage.actions.filter(({ runOrder, name }) => runOrder === order && !result.actions.has(name));
    const ended = await Promise.all(actions.map((action) => runAction(run, result, action)));
    if (ended.some(({ status }) => status !== 'Succeeded')) {
      result.status = run.execution.status === 'Stopping' ? 'Stopped' : 'Failed';
      return result;
    }
    if (run.execution.status === 'Stopping') {
      result.status = order === orders.at(-1) ? 'Succeeded' : 'Stopped';
      return result;
    }
  }
  result.status = 'Succeeded';
  return result;
}

async function runAction(run: StageRun, stage: StageExecution, action: ActionDefinition): Promise<ActionExecution> {
  const { execution } = run;
  const state: ActionExecution = {
    id: randomUUID(),
    name: action.name,
    provider: action.provider,
    status: 'InProgress',
    started: new Date(),
    changed: new Date(),
    configuration: { ...action.configuration },
    inputs: action.inputArtifacts.flatMap((name) => execution.artifacts.get(name) ?? []),
    outputs: [],
    variables: {},
  };
  stage.actions.set(action.name, state);
  const change = (progress: Partial<ActionExecution>) => {
    Object.assign(state, progress, { changed: new Date() });
    run.onAction(stage, state);
  };
  change({});
  try {
    const timeout = action.timeoutMinutes === undefined ? [] : [AbortSignal.timeout(action.timeoutMinutes * 60_000)];
    const signal = AbortSignal.any([run.abandoned, ...timeout]);
    Object.assign(state.configuration, resolve(execution, action));
    const missing = action.inputArtifacts.find((name) => !execution.artifacts.has(name));
    if (missing) {
      throw new ActionFailure('ConfigurationError', `The input artifact ${missing} is made by no action before this one.`);
    }
    const result = await Promise.race([
      run.runners[action.provider].run({
        pipeline: run.pipeline,
        execution,
        stage: stage.name,
        action,
        actionExecutionId: state.id,
        configuration: state.configuration,
        inputs: state.inputs,
        signal,
        report: change,
      }),
      aborted(signal),
    ]);
    keep(execution, action, result.outputs ?? [], result.variables ?? {});
    const { outputs = [], variables = {}, ...progress } = result;
    change({ ...progress, outputs, variables, token: undefined, status: 'Succeeded' });
  } catch (error) {
    change(run.abandoned.aborted ? { status: 'Abandoned', token: undefined } : { status: 'Failed', token: undefined, error: reasonOf(error, action) });
  }
  return state;
}

function resolve(execution: Execution, action: ActionDefinition): Record<string, string> {
  try {
    return resolveConfiguration(action.configuration, namespacesOf(execution));
  } catch (error) {
    throw new ActionFailure('ConfigurationError', (error as Error).message);
  }
}

function keep(execution: Execution, action: ActionDefinition, outputs: Artifact[], variables: Record<string, string>): void {
  for (const output of outputs) {
    execution.artifacts.set(output.name, output);
  }
  if (action.namespace) {
    execution.namespaces[action.namespace] = variables;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason);
    signal.aborted ? abort() : signal.addEventListener('abort', abort, { once: true });
  });
}

function reasonOf(error: unknown, action: ActionDefinition): { code: string; message: string } {
  if (error instanceof ActionFailure) {
    return { code: error.code, message: error.message };
  }
  if (error instanceof AwsError) {
    return { code: /AccessDenied/.test(error.code) ? 'PermissionError' : 'JobFailed', message: `${error.code}: ${error.message}` };
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return { code: 'ActionTimedOut', message: `The action did not end within ${action.timeoutMinutes} minutes.` };
  }
  return { code: 'InternalError', message: (error as Error).message };
}

import { randomUUID } from 'node:crypto';
import { ActionRunner } from './action-runner';
import { PipelineDefinition } from './definition';
import { ActionExecution, Execution, ExecutionStatus, isOver, SourceRevision, StageExecution, Trigger } from './execution';
import { StageGate } from './stage-gate';
import { runStage } from './stage-runner';
import { AwsError } from '../../account/contracts';

/** What changed in a pipeline: an execution, a stage of it, or an action of that stage. */
export interface Change {
  readonly pipeline: PipelineDefinition;
  readonly execution: Execution;
  readonly stage?: StageExecution;
  readonly action?: ActionExecution;
}

export interface StartRequest {
  readonly trigger: Trigger;
  readonly variables?: Readonly<Record<string, string>>;
  readonly sourceRevisions?: readonly SourceRevision[];
}

/** A pipeline and its executions, led through the stages of its definition. */
export class Pipeline {
  /** The newest first. */
  public readonly executions: Execution[] = [];
  public readonly created = new Date();
  public version = 1;
  private gates = new Map<string, StageGate>();
  private readonly abandoning = new Map<string, AbortController>();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    public definition: PipelineDefinition,
    private readonly runners: Readonly<Record<string, ActionRunner>>,
    private readonly onChange: (change: Change) => void = () => {},
  ) {}

  /** Takes another definition for the executions to come; those that run keep theirs. */
  public update(definition: PipelineDefinition): void {
    if (definition.executionMode !== this.definition.executionMode) {
      this.gates = new Map();
    }
    this.definition = definition;
    this.version += 1;
  }

  public start(request: StartRequest): Execution {
    const execution = this.add(request.trigger, {
      variables: this.variables(request.variables ?? {}),
      sourceRevisions: request.sourceRevisions ?? [],
    });
    this.lead(execution, 0);
    return execution;
  }

  /** Runs the failed actions of a stage again, or all of them. */
  public retryStage(stageName: string, executionId: string, keepSucceeded: boolean): void {
    const index = this.stageIndex(stageName);
    const execution = this.find(executionId);
    const newest = this.executions.find(({ stages }) => stages.has(stageName));
    if (newest !== execution) {
      throw new AwsError('NotLatestPipelineExecutionException', `${executionId} is not the latest execution of the stage ${stageName}.`);
    }
    if (execution.stages.get(stageName)?.status !== 'Failed' || !isOver(execution)) {
      throw new AwsError('StageNotRetryableException', `The stage ${stageName} did not fail in ${executionId}.`);
    }
    if (execution.pipelineVersion !== this.version) {
      throw new AwsError('StageNotRetryableException', `The pipeline has changed since ${executionId}: it has version ${this.version}, and that ran ${execution.pipelineVersion}.`);
    }
    this.set(execution, 'InProgress');
    this.lead(execution, index, keepSucceeded);
  }

  /** Runs a stage again with the variables and artifacts of an earlier execution. */
  public rollbackStage(stageName: string, targetId: string): Execution {
    const index = this.stageIndex(stageName);
    const target = this.find(targetId);
    if (target.pipelineVersion !== this.version) {
      throw new AwsError('PipelineExecutionOutdatedException', `${targetId} ran version ${target.pipelineVersion} of the pipeline, which has version ${this.version} now.`);
    }
    if (target.stages.get(stageName)?.status !== 'Succeeded' || target.rollbackOf) {
      throw new AwsError('UnableToRollbackStageException', `The stage ${stageName} did not succeed in ${targetId}, or that was itself a rollback.`);
    }
    const execution = this.add({ triggerType: 'ManualRollback', triggerDetail: targetId }, {
      variables: target.variables,
      rollbackOf: targetId,
      artifacts: new Map(target.artifacts),
      namespaces: structuredClone(target.namespaces),
    });
    this.lead(execution, index);
    return execution;
  }

  /** Stops an execution when its actions have ended, or abandons them. */
  public stop(executionId: string, abandon: boolean, reason?: string): void {
    const execution = this.find(executionId);
    if (isOver(execution)) {
      throw new AwsError('PipelineExecutionNotStoppableException', `${executionId} is ${execution.status}.`);
    }
    this.set(execution, 'Stopping', reason);
    this.gates.forEach((gate) => gate.withdraw(executionId));
    if (abandon) {
      this.abandoning.get(executionId)?.abort(new Error('abandoned'));
    }
  }

  /** Abandons everything that runs and waits until it has ended. */
  public async close(): Promise<void> {
    for (const execution of this.executions.filter((one) => !isOver(one))) {
      this.stop(execution.id, true, 'The pipeline was deleted.');
    }
    await Promise.all(this.running.values());
  }

  public find(executionId: string): Execution {
    const execution = this.executions.find(({ id }) => id === executionId);
    if (!execution) {
      throw new AwsError('PipelineExecutionNotFoundException', `The pipeline ${this.definition.name} has no execution ${executionId}.`);
    }
    return execution;
  }

  /** The executions that wait before a stage. */
  public inbound(stageName: string): string[] {
    return this.gates.get(stageName)?.inbound ?? [];
  }

  public stageIndex(stageName: string): number {
    const index = this.definition.stages.findIndex(({ name }) => name === stageName);
    if (index < 0) {
      throw new AwsError('StageNotFoundException', `The pipeline ${this.definition.name} has no stage ${stageName}.`);
    }
    return index;
  }

  private add(trigger: Trigger, rest: Partial<Execution>): Execution {
    const execution: Execution = {
      id: randomUUID(),
      pipelineVersion: this.version,
      started: new Date(),
      updated: new Date(),
      trigger,
      variables: {},
      sourceRevisions: [],
      stages: new Map(),
      artifacts: new Map(),
      namespaces: {},
      status: 'InProgress',
      ...rest,
    };
    this.executions.unshift(execution);
    this.set(execution, 'InProgress');
    return execution;
  }

  private lead(execution: Execution, first: number, keepSucceeded = false): void {
    const abandon = new AbortController();
    this.abandoning.set(execution.id, abandon);
    const led = this.throughStages(execution, this.definition, first, keepSucceeded, abandon.signal);
    this.running.set(execution.id, led.finally(() => this.running.delete(execution.id)));
  }

  private async throughStages(
    execution: Execution, pipeline: PipelineDefinition, first: number, keepSucceeded: boolean, abandoned: AbortSignal,
  ): Promise<void> {
    const stages = pipeline.stages.slice(first, execution.rollbackOf ? first + 1 : undefined);
    for (const [index, stage] of stages.entries()) {
      const gate = this.gate(stage.name);
      const admission = await gate.enter(execution.id);
      if (admission !== 'entered') {
        return this.set(execution, admission === 'superseded' ? 'Superseded' : 'Stopped');
      }
      try {
        if (execution.status === 'Stopping') {
          return this.set(execution, 'Stopped');
        }
        const running = runStage({
          pipeline,
          stage,
          execution,
          runners: this.runners,
          abandoned,
          keepSucceeded: keepSucceeded && index === 0,
          onAction: (of, action) => this.onChange({ pipeline, execution, stage: of, action }),
        });
        this.onChange({ pipeline, execution, stage: execution.stages.get(stage.name) });
        const result = await running;
        this.onChange({ pipeline, execution, stage: result });
        if (result.status !== 'Succeeded') {
          return this.set(execution, result.status);
        }
      } finally {
        gate.leave(execution.id);
      }
    }
    this.set(execution, 'Succeeded');
  }

  private gate(stageName: string): StageGate {
    const gate = this.gates.get(stageName) ?? new StageGate(this.definition.executionMode);
    this.gates.set(stageName, gate);
    return gate;
  }

  private set(execution: Execution, status: ExecutionStatus, summary?: string): void {
    execution.status = status;
    execution.statusSummary = summary ?? execution.statusSummary;
    execution.updated = new Date();
    this.onChange({ pipeline: this.definition, execution });
  }

  private variables(given: Readonly<Record<string, string>>): Record<string, string> {
    const unknown = Object.keys(given).find((name) => !this.definition.variables.some((variable) => variable.name === name));
    if (unknown) {
      throw new AwsError('ValidationException', `The pipeline ${this.definition.name} has no variable ${unknown}.`);
    }
    return Object.fromEntries(this.definition.variables.map(({ name, defaultValue }) => {
      const value = given[name] ?? defaultValue;
      if (value === undefined) {
        throw new AwsError('ValidationException', `The variable ${name} of the pipeline ${this.definition.name} has no default value: give one when you start it.`);
      }
      return [name, value];
    }));
  }
}

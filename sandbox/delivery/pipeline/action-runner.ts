import { ActionDefinition, PipelineDefinition } from './definition';
import { ActionExecution, Artifact, Execution } from './execution';

/** What an action knows while it runs. */
export interface ActionContext {
  readonly pipeline: PipelineDefinition;
  readonly execution: Execution;
  readonly stage: string;
  readonly action: ActionDefinition;
  readonly actionExecutionId: string;
  /** The action's configuration, its variables resolved. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly inputs: readonly Artifact[];
  /** Aborted when the execution is stopped and its actions are abandoned, or the action's time is over. */
  readonly signal: AbortSignal;
  /** Makes known what can be seen of the action while it runs. */
  report(progress: Partial<Pick<ActionExecution, 'summary' | 'token' | 'externalExecutionId'>>): void;
}

export interface ActionResult {
  readonly outputs?: Artifact[];
  readonly variables?: Record<string, string>;
  readonly summary?: string;
  readonly externalExecutionId?: string;
}

/** Runs the actions of one provider; rejects when the action fails. */
export interface ActionRunner {
  run(context: ActionContext): Promise<ActionResult>;
}

/** The reason of a failed action, as CodePipeline words it: a code and a sentence. */
export class ActionFailure extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
    this.name = 'ActionFailure';
  }
}

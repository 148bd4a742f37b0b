import { Namespaces } from './variables';

export type ActionStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';
export type StageStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped';
export type ExecutionStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Superseded' | 'Stopping' | 'Stopped';

/** A file in the artifact store. */
export interface Artifact {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  /** What of the source it was made from: a commit's id. */
  readonly revision?: string;
}

/** One run of one action. */
export interface ActionExecution {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly started: Date;
  readonly configuration: Record<string, string>;
  readonly inputs: Artifact[];
  status: ActionStatus;
  changed: Date;
  outputs: Artifact[];
  variables: Record<string, string>;
  summary?: string;
  /** What answers a manual approval. */
  token?: string;
  externalExecutionId?: string;
  error?: { code: string; message: string };
}

export interface StageExecution {
  readonly name: string;
  status: StageStatus;
  /** The newest run of each action, in the order in which they started. */
  readonly actions: Map<string, ActionExecution>;
}

export interface Trigger {
  readonly triggerType: string;
  readonly triggerDetail: string;
}

export interface SourceRevision {
  readonly actionName: string;
  readonly revisionType: string;
  readonly revisionValue: string;
}

/** One way of a commit through a pipeline. */
export interface Execution {
  readonly id: string;
  readonly pipelineVersion: number;
  readonly started: Date;
  readonly trigger: Trigger;
  readonly variables: Readonly<Record<string, string>>;
  readonly sourceRevisions: readonly SourceRevision[];
  /** The execution whose variables and artifacts this one runs a stage with again. */
  readonly rollbackOf?: string;
  readonly stages: Map<string, StageExecution>;
  readonly artifacts: Map<string, Artifact>;
  readonly namespaces: Record<string, Record<string, string>>;
  status: ExecutionStatus;
  statusSummary?: string;
  updated: Date;
}

/** What `#{…}` can refer to in an execution. */
export function namespacesOf(execution: Execution): Namespaces {
  return {
    ...execution.namespaces,
    variables: execution.variables,
    codepipeline: { PipelineExecutionId: execution.id },
  };
}

/** Whether it runs no more. */
export function isOver(execution: Execution): boolean {
  return execution.status !== 'InProgress' && execution.status !== 'Stopping';
}

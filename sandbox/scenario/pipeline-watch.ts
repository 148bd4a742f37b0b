import { setTimeout as sleep } from 'node:timers/promises';
import {
  CodePipelineClient, GetPipelineStateCommand, ListActionExecutionsCommand, ListPipelineExecutionsCommand, PutApprovalResultCommand,
  type ActionExecutionDetail,
} from '@aws-sdk/client-codepipeline';

/** One action of an execution, when it has ended */
export interface Hop {
  readonly stage: string;
  readonly action: string;
  readonly status: 'Succeeded' | 'Failed' | 'Abandoned';
  readonly seconds: number;
  /** What the action says of itself, above all why it failed. */
  readonly summary?: string;
}

/** How an execution ended */
export interface Outcome {
  readonly status: string;
  readonly hops: Hop[];
}

const POLL_MS = 200;
const PATIENCE_MS = 240_000;

/** Follows the executions of one pipeline through the service's API, as a person's tools would */
export class PipelineWatch {
  constructor(private readonly client: CodePipelineClient, private readonly pipelineName: string) {}

  /** The execution that a commit started. */
  public async executionOf(commit: string): Promise<string> {
    return patiently(`an execution of ${this.pipelineName} for commit ${commit}`, async () => {
      const { pipelineExecutionSummaries = [] } = await this.client.send(new ListPipelineExecutionsCommand({ pipelineName: this.pipelineName }));
      return pipelineExecutionSummaries.find(({ sourceRevisions = [] }) => sourceRevisions.some(({ revisionId }) => revisionId === commit))
        ?.pipelineExecutionId;
    });
  }

  /** The newest execution, of whatever commit. */
  public async newestExecution(): Promise<string> {
    return patiently(`an execution of ${this.pipelineName}`, async () => {
      const { pipelineExecutionSummaries = [] } = await this.client.send(new ListPipelineExecutionsCommand({ pipelineName: this.pipelineName }));
      return pipelineExecutionSummaries[0]?.pipelineExecutionId;
    });
  }

  /** The executions that have not ended. */
  public async running(): Promise<string[]> {
    const { pipelineExecutionSummaries = [] } = await this.client.send(new ListPipelineExecutionsCommand({ pipelineName: this.pipelineName }));
    return pipelineExecutionSummaries.filter(({ status }) => ['InProgress', 'Stopping'].includes(status!)).map(({ pipelineExecutionId }) => pipelineExecutionId!);
  }

  /** Follows an execution to its end. Approvals are given when `approve` says so. */
  public async follow(execution: string, onHop: (hop: Hop) => void, approve: (stage: string) => Promise<boolean>): Promise<Outcome> {
    const told = new Map<string, Hop>();
    return patiently(`the end of execution ${execution}`, async () => {
      for (const detail of await this.actions(execution)) {
        const hop = hopOf(detail);
        if (hop && !told.has(detail.actionExecutionId!)) {
          told.set(detail.actionExecutionId!, hop);
          onHop(hop);
        }
      }
      await this.answerApprovals(execution, approve);
      const { pipelineExecutionSummaries = [] } = await this.client.send(new ListPipelineExecutionsCommand({ pipelineName: this.pipelineName }));
      const status = pipelineExecutionSummaries.find(({ pipelineExecutionId }) => pipelineExecutionId === execution)?.status;
      const ended = status !== undefined && !['InProgress', 'Stopping'].includes(status);
      const open = (await this.actions(execution)).some((detail) => !hopOf(detail) || !told.has(detail.actionExecutionId!));
      return ended && !open ? { status, hops: [...told.values()] } : undefined;
    });
  }

  private async actions(execution: string): Promise<ActionExecutionDetail[]> {
    const { actionExecutionDetails = [] } = await this.client.send(new ListActionExecutionsCommand({
      pipelineName: this.pipelineName, filter: { pipelineExecutionId: execution },
    }));
    return actionExecutionDetails.reverse(); // the service lists the newest first
  }

  private async answerApprovals(execution: string, approve: (stage: string) => Promise<boolean>): Promise<void> {
    const { stageStates = [] } = await this.client.send(new GetPipelineStateCommand({ name: this.pipelineName }));
    for (const stage of stageStates.filter(({ latestExecution }) => latestExecution?.pipelineExecutionId === execution)) {
      for (const { actionName, latestExecution } of stage.actionStates ?? []) {
        if (latestExecution?.token && latestExecution.status === 'InProgress') {
          const approved = await approve(stage.stageName!);
          await this.client.send(new PutApprovalResultCommand({
            pipelineName: this.pipelineName,
            stageName: stage.stageName,
            actionName,
            token: latestExecution.token,
            result: { status: approved ? 'Approved' : 'Rejected', summary: approved ? 'looks good' : 'not now' },
          }));
        }
      }
    }
  }
}

function hopOf({ stageName, actionName, status, startTime, lastUpdateTime, output }: ActionExecutionDetail): Hop | undefined {
  if (status !== 'Succeeded' && status !== 'Failed' && status !== 'Abandoned') return undefined;
  return {
    stage: stageName!,
    action: actionName!,
    status,
    seconds: (lastUpdateTime!.getTime() - startTime!.getTime()) / 1000,
    summary: output?.executionResult?.errorDetails?.message ?? output?.executionResult?.externalExecutionSummary,
  };
}

async function patiently<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain for ${what}; the logs of the run folder say more.`);
    await sleep(POLL_MS);
  }
}

import {
  CodePipelineClient, GetPipelineStateCommand, paginateListActionExecutions, paginateListPipelineExecutions, PutApprovalResultCommand,
  RetryStageExecutionCommand, RollbackStageCommand, type PipelineExecutionSummary,
} from '@aws-sdk/client-codepipeline';

/** How the pipeline's API lists an execution */
export interface Execution {
  readonly id: string;
  readonly status: string;
  /** The reasons of its failed actions. */
  readonly reasons: (string | undefined)[];
}

/** An approval that somebody has to give or refuse */
export interface Question {
  readonly execution: string;
  readonly stage: string;
  readonly action: string;
  readonly token: string;
  /** The execution that waits behind it. */
  readonly behind?: string;
}

/** A stage whose newest execution failed */
export interface FailedStage {
  readonly stage: string;
  readonly execution: string;
}

/** What a person does with the pipeline in the console */
export class PipelineDesk {
  constructor(private readonly client: CodePipelineClient, private readonly pipelineName: string) {}

  /** The newest first. */
  public async summaries(): Promise<PipelineExecutionSummary[]> {
    const all: PipelineExecutionSummary[] = [];
    for await (const page of paginateListPipelineExecutions({ client: this.client }, { pipelineName: this.pipelineName })) {
      all.push(...page.pipelineExecutionSummaries ?? []);
    }
    return all;
  }

  /** Every execution, with the reasons of its failed actions. */
  public async executions(): Promise<Execution[]> {
    const reasons = new Map<string, (string | undefined)[]>();
    for await (const { actionExecutionDetails = [] } of paginateListActionExecutions({ client: this.client }, { pipelineName: this.pipelineName })) {
      for (const { pipelineExecutionId: id = '', status, output } of actionExecutionDetails) {
        if (status === 'Failed') reasons.set(id, [...reasons.get(id) ?? [], output?.executionResult?.errorDetails?.message]);
      }
    }
    return (await this.summaries()).map(({ pipelineExecutionId: id = '', status = '' }) => ({ id, status, reasons: reasons.get(id) ?? [] }));
  }

  /** What waits for a person. */
  public async question(): Promise<Question | undefined> {
    for (const { stageName, actionStates = [], latestExecution, inboundExecution } of await this.stages()) {
      const waiting = actionStates.find((action) => action.latestExecution?.token && action.latestExecution.status === 'InProgress');
      if (waiting) {
        return {
          execution: latestExecution!.pipelineExecutionId!,
          stage: stageName!,
          action: waiting.actionName!,
          token: waiting.latestExecution!.token!,
          behind: inboundExecution?.pipelineExecutionId,
        };
      }
    }
    return undefined;
  }

  public async answer({ stage, action, token }: Question, status: 'Approved' | 'Rejected', summary: string): Promise<void> {
    await this.client.send(new PutApprovalResultCommand({
      pipelineName: this.pipelineName, stageName: stage, actionName: action, token, result: { status, summary },
    }));
  }

  public async failedStages(): Promise<FailedStage[]> {
    return (await this.stages()).filter(({ latestExecution }) => latestExecution?.status === 'Failed')
      .map(({ stageName, latestExecution }) => ({ stage: stageName!, execution: latestExecution!.pipelineExecutionId! }));
  }

  public async retry({ stage, execution }: FailedStage): Promise<void> {
    await this.client.send(new RetryStageExecutionCommand({
      pipelineName: this.pipelineName, stageName: stage, pipelineExecutionId: execution, retryMode: 'FAILED_ACTIONS',
    }));
  }

  /** Runs a stage again with what an earlier execution made. */
  public async rollBack(stage: string, target: string): Promise<string> {
    const { pipelineExecutionId } = await this.client.send(new RollbackStageCommand({
      pipelineName: this.pipelineName, stageName: stage, targetPipelineExecutionId: target,
    }));
    return pipelineExecutionId!;
  }

  private async stages() {
    return (await this.client.send(new GetPipelineStateCommand({ name: this.pipelineName }))).stageStates ?? [];
  }
}

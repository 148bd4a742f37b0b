import { LambdaInvoke } from './actions/lambda-invoke';
import { ManualApproval } from './actions/manual-approval';
import { actionDetails, executionDescription, executionSummary, pipelineDescription, pipelineState } from './describe';
import { Pipeline } from './pipeline';
import { AwsError, ServiceCall, ServiceEnd } from '../../account/contracts';

/** CodePipeline's API over the pipelines of the sandbox. */
export class CodePipelineService implements ServiceEnd {
  private readonly operations: Record<string, (input: any, principal: string) => object | void> = {
    ListPipelines: () => ({ pipelines: [...this.pipelines.values()].map(({ definition: { name }, version }) => ({ name, version, pipelineType: 'V2' })) }),
    GetPipeline: ({ name }) => pipelineDescription(this.pipeline(name)),
    GetPipelineState: ({ name }) => pipelineState(this.pipeline(name)),
    GetPipelineExecution: ({ pipelineName, pipelineExecutionId }) => {
      const pipeline = this.pipeline(pipelineName);
      return executionDescription(pipeline, pipeline.find(pipelineExecutionId));
    },
    ListPipelineExecutions: ({ pipelineName, maxResults = 100 }) => ({
      pipelineExecutionSummaries: this.pipeline(pipelineName).executions.slice(0, maxResults).map(executionSummary),
    }),
    ListActionExecutions: ({ pipelineName, filter }) => {
      const pipeline = this.pipeline(pipelineName);
      const executions = filter?.pipelineExecutionId ? [pipeline.find(filter.pipelineExecutionId)] : pipeline.executions;
      return { actionExecutionDetails: executions.flatMap((execution) => actionDetails(pipeline, execution)) };
    },
    StartPipelineExecution: ({ name, variables = [], sourceRevisions }, principal) => ({
      pipelineExecutionId: this.pipeline(name).start({
        trigger: { triggerType: 'StartPipelineExecution', triggerDetail: principal },
        variables: Object.fromEntries(variables.map((variable: { name: string; value: string }) => [variable.name, variable.value])),
        sourceRevisions,
      }).id,
    }),
    StopPipelineExecution: ({ pipelineName, pipelineExecutionId, abandon = false, reason }) => {
      this.pipeline(pipelineName).stop(pipelineExecutionId, abandon, reason);
      return { pipelineExecutionId };
    },
    RetryStageExecution: ({ pipelineName, stageName, pipelineExecutionId, retryMode }) => {
      this.pipeline(pipelineName).retryStage(stageName, pipelineExecutionId, retryMode !== 'ALL_ACTIONS');
      return { pipelineExecutionId };
    },
    RollbackStage: ({ pipelineName, stageName, targetPipelineExecutionId }) => ({
      pipelineExecutionId: this.pipeline(pipelineName).rollbackStage(stageName, targetPipelineExecutionId).id,
    }),
    PutApprovalResult: ({ pipelineName, stageName, actionName, token, result }) => {
      this.assertAction(pipelineName, stageName, actionName);
      this.approvals.answer(token, result);
      return { approvedAt: Date.now() / 1000 };
    },
    GetJobDetails: ({ jobId }) => ({ jobDetails: this.lambda.details(jobId) }),
    PutJobSuccessResult: ({ jobId, ...success }) => this.lambda.succeed(jobId, success),
    PutJobFailureResult: ({ jobId, failureDetails }) => this.lambda.fail(jobId, failureDetails),
  };

  constructor(
    private readonly pipelines: ReadonlyMap<string, Pipeline>,
    private readonly approvals: ManualApproval,
    private readonly lambda: LambdaInvoke,
  ) {}

  public async handle(call: Pick<ServiceCall, 'operation' | 'input' | 'principal'>): Promise<any> {
    const operation = Object.hasOwn(this.operations, call.operation) ? this.operations[call.operation] : undefined;
    if (!operation) {
      throw new AwsError('UnknownOperationException', `The sandbox's CodePipeline has no operation ${call.operation}; it has ${Object.keys(this.operations).join(', ')}.`);
    }
    return operation(call.input, call.principal) ?? {};
  }

  private pipeline(name: string): Pipeline {
    const pipeline = this.pipelines.get(name);
    if (!pipeline) {
      throw new AwsError('PipelineNotFoundException', `There is no pipeline ${name}.`);
    }
    return pipeline;
  }

  private assertAction(pipelineName: string, stageName: string, actionName: string): void {
    const pipeline = this.pipeline(pipelineName);
    const stage = pipeline.definition.stages[pipeline.stageIndex(stageName)];
    if (!stage.actions.some(({ name }) => name === actionName)) {
      throw new AwsError('ActionNotFoundException', `The stage ${stageName} of the pipeline ${pipelineName} has no action ${actionName}.`);
    }
  }
}

import { ActionExecution, Artifact, Execution } from './execution';
import { Pipeline } from './pipeline';
import { arn, REGION } from '../../account/constants';
import { seconds } from '../seconds';

/** The answer of GetPipeline. */
export function pipelineDescription({ definition, version, created }: Pipeline): object {
  return {
    pipeline: {
      name: definition.name,
      roleArn: definition.roleArn,
      version,
      pipelineType: 'V2',
      executionMode: definition.executionMode,
      variables: definition.variables,
      artifactStore: {
        type: 'S3',
        location: definition.artifactStore.bucket,
        ...(definition.artifactStore.encryptionKey && { encryptionKey: { id: definition.artifactStore.encryptionKey, type: 'KMS' } }),
      },
      stages: definition.stages.map(({ name, actions }) => ({
        name,
        actions: actions.map(({ provider, timeoutMinutes, inputArtifacts, outputArtifacts, ...action }) => ({
          ...action,
          inputArtifacts: inputArtifacts.map((artifact) => ({ name: artifact })),
          outputArtifacts: outputArtifacts.map((artifact) => ({ name: artifact })),
          timeoutInMinutes: timeoutMinutes,
        })),
      })),
    },
    metadata: { pipelineArn: arn('codepipeline', definition.name), created: seconds(created), updated: seconds(created) },
  };
}

/** The answer of GetPipelineState: of each stage the execution that entered it last. */
export function pipelineState(pipeline: Pipeline): object {
  const { definition, version, created } = pipeline;
  return {
    pipelineName: definition.name,
    pipelineVersion: version,
    created: seconds(created),
    stageStates: definition.stages.map((stage) => {
      const latest = newestIn(pipeline, stage.name);
      const inbound = pipeline.inbound(stage.name).map((id) => ({ pipelineExecutionId: id, status: 'InProgress' }));
      return {
        stageName: stage.name,
        inboundExecution: inbound[0],
        inboundExecutions: inbound,
        inboundTransitionState: { enabled: true },
        actionStates: stage.actions.map(({ name }) => {
          const action = latest?.stages.get(stage.name)!.actions.get(name);
          return { actionName: name, ...(action && { latestExecution: actionState(action) }) };
        }),
        ...(latest && { latestExecution: { pipelineExecutionId: latest.id, status: latest.stages.get(stage.name)!.status, type: typeOf(latest) } }),
      };
    }),
  };
}

/** An entry of ListPipelineExecutions. */
export function executionSummary(execution: Execution): object {
  const sources = [...execution.stages.values()].flatMap(({ actions }) => [...actions.values()]).filter(({ provider }) => provider.startsWith('Source/'));
  return {
    pipelineExecutionId: execution.id,
    status: execution.status,
    statusSummary: execution.statusSummary,
    startTime: seconds(execution.started),
    lastUpdateTime: seconds(execution.updated),
    trigger: execution.trigger,
    executionType: typeOf(execution),
    sourceRevisions: sources.filter(({ status }) => status === 'Succeeded').map(({ name, summary, externalExecutionId }) => (
      { actionName: name, revisionId: externalExecutionId, revisionSummary: summary })),
    ...(execution.rollbackOf && { rollbackMetadata: { rollbackTargetPipelineExecutionId: execution.rollbackOf } }),
  };
}

/** The answer of GetPipelineExecution. */
export function executionDescription({ definition }: Pipeline, execution: Execution): object {
  return {
    pipelineExecution: {
      pipelineName: definition.name,
      pipelineVersion: execution.pipelineVersion,
      pipelineExecutionId: execution.id,
      status: execution.status,
      statusSummary: execution.statusSummary,
      artifactRevisions: [...execution.artifacts.values()].map(({ name, revision }) => ({ name, revisionId: revision })),
      variables: Object.entries(execution.variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
      trigger: execution.trigger,
      executionMode: definition.executionMode,
      executionType: typeOf(execution),
      ...(execution.rollbackOf && { rollbackMetadata: { rollbackTargetPipelineExecutionId: execution.rollbackOf } }),
    },
  };
}

/** The entries of ListActionExecutions for one execution, the newest first. */
export function actionDetails(pipeline: Pipeline, execution: Execution): object[] {
  const details = [...execution.stages.values()].flatMap((stage) => [...stage.actions.values()].map((action) => {
    const { namespace, roleArn, actionTypeId } = pipeline.definition.stages.flatMap(({ name, actions }) => name === stage.name ? actions : [])
      .find(({ name }) => name === action.name) ?? {};
    return {
      pipelineExecutionId: execution.id,
      actionExecutionId: action.id,
      pipelineVersion: execution.pipelineVersion,
      stageName: stage.name,
      actionName: action.name,
      startTime: seconds(action.started),
      lastUpdateTime: seconds(action.changed),
      status: action.status,
      input: {
        actionTypeId,
        configuration: action.configuration,
        resolvedConfiguration: action.configuration,
        roleArn,
        namespace,
        region: REGION,
        inputArtifacts: action.inputs.map(artifactDetail),
      },
      output: {
        outputArtifacts: action.outputs.map(artifactDetail),
        outputVariables: action.variables,
        executionResult: { externalExecutionId: action.externalExecutionId, externalExecutionSummary: action.summary, errorDetails: action.error },
      },
    };
  }));
  return details.reverse();
}

function actionState(action: ActionExecution): object {
  return {
    actionExecutionId: action.id,
    status: action.status,
    summary: action.summary,
    lastStatusChange: seconds(action.changed),
    token: action.token,
    externalExecutionId: action.externalExecutionId,
    errorDetails: action.error,
  };
}

function artifactDetail({ name, bucket, key }: Artifact): object {
  return { name, s3location: { bucket, key } };
}

function newestIn(pipeline: Pipeline, stageName: string): Execution | undefined {
  return pipeline.executions.find(({ stages }) => stages.has(stageName));
}

function typeOf(execution: Execution): string {
  return execution.rollbackOf ? 'ROLLBACK' : 'STANDARD';
}

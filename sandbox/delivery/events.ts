import { Build } from './build/build';
import { Change } from './pipeline/pipeline';
import { arn } from '../account/constants';

interface AwsEvent {
  'source': string;
  'detail-type': string;
  'resources': string[];
  'detail': any;
}

/** What CodePipeline tells EventBridge of a change. */
export function pipelineEvent({ pipeline, execution, stage, action }: Change): AwsEvent {
  const of = action ? 'Action' : stage ? 'Stage' : 'Pipeline';
  const state = (action ?? stage ?? execution).status;
  return {
    'source': 'aws.codepipeline',
    'detail-type': `CodePipeline ${of} Execution State Change`,
    'resources': [arn('codepipeline', pipeline.name)],
    'detail': {
      'pipeline': pipeline.name,
      'execution-id': execution.id,
      'version': execution.pipelineVersion,
      'state': state === 'InProgress' ? 'STARTED' : state.toUpperCase(),
      'start-time': execution.started.toISOString(),
      ...(stage && { stage: stage.name }),
      ...(action && {
        'action': action.name,
        'action-execution-id': action.id,
        'execution-result': {
          'external-execution-id': action.externalExecutionId, 'external-execution-summary': action.error?.message ?? action.summary, 'error-code': action.error?.code,
        },
      }),
    },
  };
}

/** What CodeBuild tells EventBridge when a build begins and when it ends. */
export function buildEvent(build: Build): AwsEvent {
  return {
    'source': 'aws.codebuild',
    'detail-type': 'CodeBuild Build State Change',
    'resources': [build.arn],
    'detail': { 'build-status': build.status, 'project-name': build.project.name, 'build-id': build.arn, 'current-phase': build.ended ? 'COMPLETED' : 'SUBMITTED' },
  };
}

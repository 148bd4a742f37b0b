import { roleCaller } from './role-caller';
import { AccountEnds } from '../../account-ends';
import { callJson } from '../../signed-call';
import { ActionContext, ActionFailure, ActionResult, ActionRunner } from '../action-runner';

/** Starts a build of a project with the action's input artifact and waits for its end */
export class CodeBuildBuild implements ActionRunner {
  /** @param ended resolves when a build has ended, in the place of asking for it every few seconds */
  constructor(private readonly account: AccountEnds, private readonly ended: (buildId: string) => Promise<void>) {}

  public async run(context: ActionContext): Promise<ActionResult> {
    const { configuration, inputs } = context;
    if (context.action.outputArtifacts.length > 0 || inputs.length !== 1) {
      throw new ActionFailure('ConfigurationError', 'The sandbox runs build actions with one input artifact and no output artifact.');
    }
    const caller = await roleCaller(this.account, context);
    const { build } = await callJson(caller, 'codebuild', 'StartBuild', {
      projectName: configuration.ProjectName,
      sourceTypeOverride: 'S3',
      sourceLocationOverride: `${inputs[0].bucket}/${inputs[0].key}`,
      sourceVersion: inputs[0].revision,
      environmentVariablesOverride: environmentVariables(configuration.EnvironmentVariables),
      idempotencyToken: context.actionExecutionId,
    }).catch((error) => {
      throw new ActionFailure('JobFailed', `Error calling startBuild: ${error.message} (Service: AWSCodeBuild; Error Code: ${error.code})`);
    });
    context.report({ externalExecutionId: build.id });
    await this.ended(build.id);
    context.signal.throwIfAborted();
    const { builds: [ended] } = await callJson(await roleCaller(this.account, context), 'codebuild', 'BatchGetBuilds', { ids: [build.id] });
    if (ended.buildStatus !== 'SUCCEEDED') {
      throw new ActionFailure('JobFailed', `Build terminated with state: ${ended.buildStatus}. ${failure(ended)}`);
    }
    return {
      externalExecutionId: build.id,
      variables: Object.fromEntries(ended.exportedEnvironmentVariables.map(({ name, value }: { name: string; value: string }) => [name, value])),
    };
  }
}

function environmentVariables(json: string | undefined): object[] {
  return (JSON.parse(json ?? '[]') as { name: string; value: string; type?: string }[]).map(({ name, value, type = 'PLAINTEXT' }) => ({ name, value, type }));
}

function failure(build: any): string {
  const contexts = build.phases.filter((phase: any) => phase.phaseStatus !== 'SUCCEEDED').flatMap((phase: any) => phase.contexts ?? []);
  return `Error: ${contexts.at(-1)?.message ?? 'the build says nothing'} (log: ${build.logs.deepLink})`;
}

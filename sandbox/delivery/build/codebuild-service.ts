import { Build } from './build';
import { Builds } from './builds';
import { Reports } from './reports';
import { AwsError, ServiceCall, ServiceEnd } from '../../account/contracts';
import { seconds } from '../seconds';

/** CodeBuild's API over the projects of the sandbox. */
export class CodeBuildService implements ServiceEnd {
  constructor(private readonly builds: Builds, private readonly reports: Reports) {}

  public async handle({ operation, input, principal }: Pick<ServiceCall, 'operation' | 'input' | 'principal'>): Promise<any> {
    switch (operation) {
      case 'StartBuild': return { build: describe(await this.start(input, principal)) };
      case 'StopBuild':
        await this.builds.stop(input.id);
        return { build: describe(this.found(input.id)) };
      case 'BatchGetBuilds': {
        const found = (input.ids as string[]).flatMap((id) => this.builds.find(id) ?? []);
        return { builds: found.map(describe), buildsNotFound: (input.ids as string[]).filter((id) => !this.builds.find(id)) };
      }
    }
    if (!Object.hasOwn(this.reports.operations, operation)) {
      throw new AwsError('UnknownOperationException', `The sandbox's CodeBuild has no operation ${operation}; it has StartBuild, StopBuild, BatchGetBuilds, ${Object.keys(this.reports.operations).join(', ')}.`);
    }
    return this.reports.operations[operation](input);
  }

  private async start(input: any, principal: string): Promise<Build> {
    const [, bucket, key] = /^([^/]+)\/(.+)$/.exec(input.sourceLocationOverride ?? '') ?? [];
    if (input.sourceTypeOverride !== 'S3' || !bucket) {
      throw new AwsError('InvalidInputException', 'The sandbox builds what lies in S3: give sourceTypeOverride S3 and sourceLocationOverride <bucket>/<key>, as its pipelines do.');
    }
    const variables: { name: string; value: string; type?: string }[] = input.environmentVariablesOverride ?? [];
    const other = variables.find(({ type = 'PLAINTEXT' }) => type !== 'PLAINTEXT');
    if (other) {
      throw new AwsError('InvalidInputException', `The variable ${other.name} is of the type ${other.type}; the sandbox gives variables of the type PLAINTEXT.`);
    }
    return this.builds.start(input.projectName, {
      source: { bucket, key },
      resolvedSourceVersion: input.sourceVersion,
      variables: Object.fromEntries(variables.map(({ name, value }) => [name, value])),
      initiator: principal,
    }, input.idempotencyToken);
  }

  private found(id: string): Build {
    const build = this.builds.find(id);
    if (!build) {
      throw new AwsError('ResourceNotFoundException', `There is no build ${id}.`);
    }
    return build;
  }
}

function describe(build: Build): object {
  return {
    id: build.id,
    arn: build.arn,
    buildNumber: build.number,
    projectName: build.project.name,
    buildStatus: build.status,
    buildComplete: build.ended !== undefined,
    currentPhase: build.ended ? 'COMPLETED' : build.phases.at(-1)?.phaseType ?? 'SUBMITTED',
    startTime: seconds(build.started),
    endTime: build.ended && seconds(build.ended),
    initiator: build.request.initiator,
    sourceVersion: build.request.resolvedSourceVersion,
    resolvedSourceVersion: build.request.resolvedSourceVersion,
    serviceRole: build.project.serviceRole,
    exportedEnvironmentVariables: build.exported,
    reportArns: build.reportArns,
    logs: { groupName: build.project.logGroup, streamName: build.logStream, deepLink: `file://${build.logFile}` },
    phases: build.phases.map(({ phaseType, started, ended, status, message }) => ({
      phaseType,
      phaseStatus: status,
      startTime: seconds(started),
      endTime: ended && seconds(ended),
      durationInSeconds: ended && Math.round(seconds(ended) - seconds(started)),
      contexts: message ? [{ statusCode: phaseType === 'PROVISIONING' ? 'CLIENT_ERROR' : 'COMMAND_EXECUTION_ERROR', message }] : [],
    })),
  };
}

import { EventEmitter } from 'node:events';
import { AccountEnds } from './account-ends';
import { baseImage, pushBaseImage } from './base-image';
import { Processes } from '../processes';
import { Build } from './build/build';
import { Builds } from './build/builds';
import { CodeBuildService } from './build/codebuild-service';
import { Reports } from './build/reports';
import { projectResource, reportGroupResource } from './build/resources';
import { startByEvent } from './event-target';
import { buildEvent, pipelineEvent } from './events';
import { CodeBuildBuild } from './pipeline/actions/codebuild-build';
import { CodeCommitSource } from './pipeline/actions/codecommit-source';
import { LambdaInvoke } from './pipeline/actions/lambda-invoke';
import { ManualApproval } from './pipeline/actions/manual-approval';
import { CodePipelineService } from './pipeline/codepipeline-service';
import { Change, Pipeline } from './pipeline/pipeline';
import { PipelineResource } from './pipeline/pipeline-resource';
import { awsCli } from './tools/aws-cli';
import { BuildTools } from './tools/build-tools';

export interface DeliveryOptions {
  /** The run folder. */
  readonly dir: string;
  readonly account: AccountEnds;
  readonly processes: Processes;
  /** The sandbox's programs by name, of which `crane` is used. */
  readonly parts: Readonly<Record<string, string>>;
  readonly onProgress?: (line: string) => void;
  /**
   * Milliseconds until a Lambda action that asked to continue is resumed. CodePipeline takes about 30 seconds.
   *
   * @default 1000
   */
  readonly resumeMilliseconds?: number;
  /**
   * Milliseconds that one invocation of a Lambda action has for its answer.
   *
   * @default - 20 minutes
   */
  readonly answerMilliseconds?: number;
}

interface DeliveryEvents {
  /** An execution, a stage or an action changed. */
  change: [Change];
  /** A build began or ended. */
  build: [Build];
}

/** CodePipeline and CodeBuild of the sandbox: they execute the pipelines and projects that the template defines */
export class Delivery extends EventEmitter<DeliveryEvents> {
  public static async start(options: DeliveryOptions): Promise<Delivery> {
    const { account, parts, onProgress } = options;
    await Promise.all([
      awsCli(onProgress),
      baseImage().then((layout) => pushBaseImage(parts.crane, account.registry, layout)),
    ]);
    const delivery = new Delivery(options);
    options.processes.beforeStop('the builds and pipelines', () => delivery.stop());
    return delivery;
  }

  public readonly pipelines = new Map<string, Pipeline>();
  private readonly builds: Builds;
  private readonly tools: BuildTools;

  private constructor(options: DeliveryOptions) {
    super();
    const { account, dir, processes, onProgress = () => {} } = options;
    const reports = new Reports();
    const tell = (event: Parameters<AccountEnds['putEvent']>[0]) => {
      account.putEvent(event).catch((error) => onProgress(`The event ${event['detail-type']} was lost: ${error.message}`));
    };
    this.tools = new BuildTools(dir, onProgress);
    this.builds = new Builds(dir, { account, processes, installTools: (bin, build) => this.tools.install(bin, build) }, (build) => {
      this.emit('build', build);
      tell(buildEvent(build));
    });

    const approvals = new ManualApproval(account);
    const lambda = new LambdaInvoke(account, {
      resumeMilliseconds: options.resumeMilliseconds ?? 1_000,
      answerMilliseconds: options.answerMilliseconds ?? 20 * 60_000,
    });
    const runners = {
      'Source/CodeCommit': new CodeCommitSource(account),
      'Build/CodeBuild': new CodeBuildBuild(account, (id) => this.builds.ended(id)),
      'Approval/Manual': approvals,
      'Invoke/Lambda': lambda,
    };
    const pipelines = new PipelineResource(this.pipelines, runners, (change) => {
      this.emit('change', change);
      tell(pipelineEvent(change));
    });

    account.registerService('codepipeline', new CodePipelineService(this.pipelines, approvals, lambda));
    account.registerService('codebuild', new CodeBuildService(this.builds, reports));
    account.registerResourceType('AWS::CodePipeline::Pipeline', pipelines);
    account.registerResourceType('AWS::CodeBuild::Project', projectResource(this.builds));
    account.registerResourceType('AWS::CodeBuild::ReportGroup', reportGroupResource(reports));
    account.registerEventTarget('codepipeline', async (target) => startByEvent(this.pipelines, target));
  }

  /** Ends every execution and build and removes the images that builds made. */
  public async stop(): Promise<void> {
    await Promise.all([...this.pipelines.values()].map((pipeline) => pipeline.close()));
    await this.builds.stopAll();
    await this.tools.remove();
  }
}

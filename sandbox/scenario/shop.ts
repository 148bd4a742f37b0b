import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { type Clone, Developer } from './developer';
import { DEVELOPER_ROLE, people } from './people';
import { type Hop, type Outcome, PipelineWatch } from './pipeline-watch';
import { synthesize } from './synthesize';
import { Workload } from './workload';
import { ACCOUNT, REGION } from '../account/constants';
import type { Sandbox } from '../index';

const PLATFORM = 'shop';
const APPLICATION = 'shop';

/** Of some ninety resources, those that take time. */
const MILESTONES = /^(Custom::|AWS::(EKS::Cluster|EKS::Nodegroup|CodePipeline::|CodeCommit::|CloudFormation::Stack))/;

/** Told while a commit travels */
export interface Listener {
  readonly onHop?: (hop: Hop) => void;
  readonly onApproval?: (stage: string) => void | Promise<void>;
}

/** The README's example, deployed, and a developer who works with it */
export class Shop {
  /**
   * Synthesizes and deploys the example, and gives a developer rights beside it.
   *
   * @param edit changes the template before it is deployed
   */
  public static async deploy(sandbox: Sandbox, onProgress: (line: string) => void = () => undefined, edit?: (template: any) => void): Promise<Shop> {
    const assembly = await synthesize('examples/typescript/shop.ts', join(sandbox.dir, 'assembly'));
    if (edit) {
      const file = join(assembly, 'ShopStack.template.json');
      const template = JSON.parse(readFileSync(file, 'utf8'));
      edit(template);
      writeFileSync(file, JSON.stringify(template));
    }
    await sandbox.account.deploy(assembly, undefined, ({ logicalId, type, status, reason }) => {
      if (status.endsWith('FAILED') || (status === 'CREATE_COMPLETE' && MILESTONES.test(type))) onProgress(`${type} ${logicalId} ${status}${reason ? `: ${reason}` : ''}`);
    });
    await sandbox.account.deploy(people(join(sandbox.dir, 'people'), PLATFORM, [APPLICATION]));
    const role = `arn:aws:iam::${ACCOUNT}:role/${DEVELOPER_ROLE}`;
    const clones = join(sandbox.dir, 'clones');
    mkdirSync(clones, { recursive: true });
    const developer = new Developer(sandbox.account, role, clones);
    const client = new CodePipelineClient({
      region: REGION, endpoint: sandbox.account.endpointUrl, credentials: () => sandbox.account.sessionFor(role),
    });
    return new Shop(sandbox, new PipelineWatch(client, `${PLATFORM}-${APPLICATION}`), developer);
  }

  /** Digests that production ran, in their order. */
  public readonly digests: string[] = [];
  public readonly staging: Workload;
  public readonly production: Workload;
  private source?: Clone;

  private constructor(private readonly sandbox: Sandbox, private readonly pipeline: PipelineWatch, public readonly developer: Developer) {
    this.staging = new Workload(sandbox.cluster, `${APPLICATION}-staging`, APPLICATION);
    this.production = new Workload(sandbox.cluster, `${APPLICATION}-production`, APPLICATION);
  }

  /** The delivery that the deployment of the template starts by itself. */
  public async firstDelivery(listener: Listener = {}): Promise<Outcome> {
    return this.follow(await this.pipeline.newestExecution(), listener);
  }

  /** A commit that changes what the page says. */
  public async pushTitle(title: string, listener: Listener = {}): Promise<Outcome & { commit: string }> {
    const clone = await this.clone();
    const commit = await clone.push('server.js', (source) => source.replace(/^export const title = .*$/m, `export const title = ${JSON.stringify(title)};`), `feat: say ${title}`);
    return { commit, ...await this.follow(await this.pipeline.executionOf(commit), listener) };
  }

  /** A commit whose test passes and that runs in staging, but not in production. */
  public async pushBroken(listener: Listener = {}): Promise<Outcome & { commit: string }> {
    const clone = await this.clone();
    const commit = await clone.push('server.js', (source) => `${source}
if ((process.env.NAMESPACE ?? '').endsWith('-production')) {
  throw new Error('DATABASE_URL is not set');
}
`, 'feat: keep the basket in a database');
    return {
      commit,
      ...await this.follow(await this.pipeline.executionOf(commit), {
        ...listener,
        onApproval: async (stage) => {
          await listener.onApproval?.(stage);
          // a simulated node runs no code, so it is told what pods of this image do from now on
          if (this.sandbox.cluster.nodes === 'kwok') this.sandbox.cluster.breakImage((await this.staging.digest())!, 'crash');
        },
      }),
    };
  }

  private async clone(): Promise<Clone> {
    this.source ??= await this.developer.clone(`${PLATFORM}-${APPLICATION}`);
    return this.source;
  }

  private async follow(execution: string, { onHop = () => undefined, onApproval = () => undefined }: Listener): Promise<Outcome> {
    const outcome = await this.pipeline.follow(execution, onHop, async (stage) => {
      await onApproval(stage);
      return true;
    });
    const digest = await this.production.digest();
    if (digest && !this.digests.includes(digest)) this.digests.push(digest);
    return outcome;
  }
}

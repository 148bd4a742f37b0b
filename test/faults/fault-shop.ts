import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { Sandbox } from '../../sandbox';
import { ACCOUNT, REGION } from '../../sandbox/account';
import { writeEvidence } from '../../sandbox/evidence';
import type { Clone } from '../../sandbox/scenario/developer';
import { DEVELOPER_ROLE } from '../../sandbox/scenario/people';
import { type Hop, type Outcome, PipelineWatch } from '../../sandbox/scenario/pipeline-watch';
import { Shop } from '../../sandbox/scenario/shop';
import { writeFigures } from '../verify/figures';

/** How the logical ids of the four functions begin. */
export const FUNCTIONS = {
  deploy: 'ShopPlatformDeployer',
  reconcile: 'ShopPlatformReconcileTrigger',
  bootstrap: 'ShopPlatformFluxBootstrap',
  repositoryFiles: 'ShopPlatformFileWriter',
};

export const OVERLAY = 'apps/shop/production/kustomization.yaml';
/** What a file's sandbox takes to be there; the programs may have to be built first. */
export const SETUP_MILLISECONDS = 45 * 60_000;
const PATIENCE_MILLISECONDS = 180_000;

/** The README's example, delivered once, in which things go wrong */
export class FaultShop {
  /** @param prepare faults that the deployment itself has to stand */
  public static async start(prepare: (sandbox: Sandbox) => void = () => undefined): Promise<FaultShop> {
    const dir = mkdtempSync(join(tmpdir(), 'faults-'));
    const sandbox = await Sandbox.start({ dir, nodes: 'kwok' });
    try {
      prepare(sandbox);
      return await FaultShop.deliver(sandbox);
    } catch (error) {
      await sandbox.stop();
      throw error;
    }
  }

  private static async deliver(sandbox: Sandbox): Promise<FaultShop> {
    const shop = await Shop.deploy(sandbox);
    const credentials = async () => sandbox.account.sessionFor(`arn:aws:iam::${ACCOUNT}:role/${DEVELOPER_ROLE}`);
    const client = new CodePipelineClient({ region: REGION, endpoint: sandbox.account.endpointUrl, credentials });
    const made = new FaultShop(sandbox, shop, new PipelineWatch(client, 'shop-shop'),
      await shop.developer.clone('shop-shop', 'faults-application'), await shop.developer.clone('shop-infrastructure', 'faults-infrastructure'));
    expect((await made.shop.firstDelivery()).status).toBe('Succeeded');
    return made;
  }

  private pushes = 0;
  /** Commits of people to the infrastructure repository, none of which may be lost. */
  private readonly persons: string[] = [];

  private constructor(
    public readonly sandbox: Sandbox, public readonly shop: Shop, public readonly pipeline: PipelineWatch,
    public readonly application: Clone, public readonly infrastructure: Clone,
  ) {}

  /** A new version of the application; the commit. */
  public async push(): Promise<string> {
    await this.application.pull();
    const title = `fault ${++this.pushes}`;
    return this.application.push('server.js', text => text.replace(/^export const title = .*$/m, `export const title = '${title}';`), `feat: ${title}`);
  }

  /** A commit of a person to the infrastructure repository that changes nothing that runs. */
  public async personCommits(): Promise<string> {
    await this.infrastructure.pull();
    const commit = await this.infrastructure.push(OVERLAY, text => `${text}# seen by a person, ${this.persons.length}\n`, 'chore: a note');
    this.persons.push(commit);
    return commit;
  }

  /** Follows what a commit started to its end, approving what asks for it. */
  public async follow(commit: string, onHop: (hop: Hop) => void = () => undefined, onApproval: () => void = () => undefined): Promise<Outcome> {
    return this.pipeline.follow(await this.pipeline.executionOf(commit), onHop, async () => {
      onApproval();
      return true;
    });
  }

  /** Waits until no execution runs any more, approving what asks for it: one may wait for another. */
  public async settle(): Promise<void> {
    for (let running = await this.pipeline.running(); running.length > 0; running = await this.pipeline.running()) {
      await Promise.all(running.map(async execution => this.pipeline.follow(execution, () => undefined, async () => true)));
    }
  }

  /** Every environment comes to run what a commit of the application was built to, and Git says so; no person's commit is lost. */
  public async expectDelivered(commit: string): Promise<void> {
    const commit8 = commit.slice(0, 8);
    await until(`both environments run ${commit8}`, async () => {
      const [staging, production, tag] = [await this.shop.staging.digest(), await this.shop.production.digest(), this.newestTag('staging')];
      const pods = [await this.shop.staging.ready(), await this.shop.production.ready()];
      const ready = pods.every(({ ready: now, wanted }) => now === wanted && wanted > 0);
      const delivered = ready && staging === production && tag?.digest === staging && tag?.tag.endsWith(commit8);
      return delivered ? undefined : `staging runs ${staging}, production ${production}, the newest tag is ${tag?.tag}`;
    });
    const history = await this.history();
    const last = history.find(message => /^(deploy|revert)\(shop\): production /.test(message));
    expect(last).toContain(`Source-Commit: ${commit}`);
    expect(last).toContain(`Digest: ${await this.shop.production.digest()}`);
    await this.expectNoneLost();
  }

  public async expectNoneLost(): Promise<void> {
    await this.infrastructure.git(['fetch', '--quiet', 'origin']);
    const kept = (await this.infrastructure.git(['log', '--format=%H', 'origin/main'])).split('\n');
    expect(kept).toEqual(expect.arrayContaining(this.persons));
  }

  /** Messages of the infrastructure repository's commits, newest first. */
  public async history(): Promise<string[]> {
    await this.infrastructure.git(['fetch', '--quiet', 'origin']);
    return (await this.infrastructure.git(['log', '--format=%B%x00', 'origin/main'])).split('\0').map(message => message.trim()).filter(Boolean);
  }

  /** Failed actions, whose reasons are one sentence each. */
  public failures({ hops }: Outcome): string[] {
    const summaries = hops.filter(({ status }) => status === 'Failed').map(({ summary }) => summary ?? '');
    for (const summary of summaries) expect(summary).toMatch(/^[^\n]{10,1500}$/);
    return summaries;
  }

  public async clear(): Promise<void> {
    await this.sandbox.account.events.clear();
    this.sandbox.account.functions.clear();
    this.sandbox.account.ends.clear();
  }

  public async stop(run: string): Promise<void> {
    await writeEvidence(this.sandbox, run);
    const { events, functions, ends } = this.sandbox.account;
    writeFigures(run, { 'events disturbed': events.met, 'handlers killed': functions.killed, 'requests refused or held': ends.met });
    await this.sandbox.stop();
    rmSync(this.sandbox.dir, { recursive: true, force: true });
  }

  private newestTag(environment: string): { tag: string; digest: string } | undefined {
    const images = [...this.sandbox.account.images.get('shop/shop').images.values()];
    return images.flatMap(({ digest, tags }) => [...tags].map(tag => ({ tag, digest })))
      .filter(({ tag }) => tag.startsWith(`${environment}-`)).sort((a, b) => a.tag < b.tag ? -1 : 1).at(-1);
  }
}

/** Looks until nothing is missing any more; what is missing at the end is the error. */
export async function until(what: string, look: () => Promise<string | undefined>): Promise<void> {
  const end = Date.now() + PATIENCE_MILLISECONDS;
  for (let missing = await look(); missing !== undefined; missing = await look()) {
    if (Date.now() > end) throw new Error(`Waited ${PATIENCE_MILLISECONDS / 1000} s in vain until ${what}: ${missing}`);
    await sleep(300);
  }
}

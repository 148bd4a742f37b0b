import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { Sandbox } from '../../sandbox';
import { ACCOUNT, REGION } from '../../sandbox/account';
import { writeEvidence } from '../../sandbox/evidence';
import type { Clone } from '../../sandbox/scenario/developer';
import { DEVELOPER_ROLE } from '../../sandbox/scenario/people';
import { PipelineDesk, type Question } from '../../sandbox/scenario/pipeline-desk';
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
    const made = new FaultShop(sandbox, shop, client,
      await shop.developer.clone('shop-shop', 'faults-application'), await shop.developer.clone('shop-infrastructure', 'faults-infrastructure'));
    expect((await made.shop.firstDelivery()).status).toBe('Succeeded');
    return made;
  }

  public readonly pipeline: PipelineWatch;
  public readonly desk: PipelineDesk;
  /** What the file counts itself. */
  public readonly figures: Record<string, number> = {};
  private pushes = 0;
  /** Commits of people to the infrastructure repository, none of which may be lost. */
  private readonly persons: string[] = [];

  private constructor(
    public readonly sandbox: Sandbox, public readonly shop: Shop, private readonly client: CodePipelineClient,
    public readonly application: Clone, public readonly infrastructure: Clone,
  ) {
    this.pipeline = this.pipelineOf('shop-shop');
    this.desk = new PipelineDesk(client, 'shop-shop');
  }

  /** Another application's pipeline. */
  public pipelineOf(name: string): PipelineWatch {
    return new PipelineWatch(this.client, name);
  }

  /** A new version of the application; the commit. */
  public async push(): Promise<string> {
    await this.application.pull();
    const title = `fault ${++this.pushes}`;
    return this.application.push('server.js', text => text.replace(/^export const title = .*$/m, `export const title = '${title}';`), `feat: ${title}`);
  }

  /** A commit of a person to the infrastructure repository; unless told otherwise, one that changes nothing that runs. */
  public async personCommits(edit = (text: string) => `${text}# seen by a person, ${this.persons.length}\n`, message = 'chore: a note', file = OVERLAY): Promise<string> {
    await this.infrastructure.pull();
    const commit = await this.infrastructure.push(file, edit, message);
    this.persons.push(commit);
    return commit;
  }

  /** A commit of a person to the infrastructure repository that adds a file. */
  public async personAdds(file: string, content: string): Promise<string> {
    await this.infrastructure.pull();
    const path = join(this.infrastructure.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    await this.infrastructure.git(['add', file]);
    const commit = await this.infrastructure.push(file, () => content, `chore: ${file}`);
    this.persons.push(commit);
    return commit;
  }

  /** Waits until a person is asked about what a commit started. */
  public async question(commit: string): Promise<Question> {
    const execution = await this.pipeline.executionOf(commit);
    let question: Question | undefined;
    await until(`somebody is asked about ${commit.slice(0, 8)}`, async () => {
      question = await this.desk.question();
      return question?.execution === execution ? undefined : `it is asked about ${question?.execution ?? 'nothing'}`;
    });
    return question!;
  }

  /** The image that was built of a commit. */
  public digestOf(commit: string): string {
    const images = [...this.sandbox.account.images.get('shop/shop').images.values()];
    const built = images.find(({ tags }) => [...tags].some(tag => tag.startsWith('build-') && tag.endsWith(commit.slice(0, 8))));
    if (!built) throw new Error(`No image was built of ${commit}.`);
    return built.digest;
  }

  /** Follows what a commit started to its end, approving what asks for it. */
  public async follow(commit: string, onHop: (hop: Hop) => void = () => undefined, onApproval: () => unknown = () => undefined): Promise<Outcome> {
    return this.pipeline.follow(await this.pipeline.executionOf(commit), onHop, async () => {
      await onApproval();
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
      return delivered ? undefined : `staging runs ${staging}, production ${production}, pods are ${JSON.stringify(pods)}, the newest tag is ${tag?.tag}`;
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

  /** Refuses whoever still asks, so that what failed holds up nothing that comes after it. */
  public async refuseWaiting(): Promise<void> {
    for (let question = await this.desk.question(); question; question = await this.desk.question()) {
      await this.desk.answer(question, 'Rejected', 'The test is over.');
    }
  }

  public async clear(): Promise<void> {
    await this.sandbox.account.events.clear();
    this.sandbox.account.functions.clear();
    this.sandbox.account.ends.clear();
  }

  /** @param judged whether the example as it is was what ran, so that its grants can be judged by it */
  public async stop(run: string, judged = true): Promise<void> {
    if (judged) await writeEvidence(this.sandbox, run);
    const { events, functions, ends } = this.sandbox.account;
    const figures = { 'commits to deliver': this.pushes, 'events disturbed': events.met, 'handlers killed': functions.killed, 'requests refused or held': ends.met };
    writeFigures(run, { ...Object.fromEntries(Object.entries(figures).filter(([, count]) => count > 0)), ...this.figures });
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

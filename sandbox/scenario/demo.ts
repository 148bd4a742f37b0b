import { distribution, type Figures } from './figures';
import { PeakMemory } from './memory';
import type { Hop, Outcome } from './pipeline-watch';
import { PolledTwin } from './polled-twin';
import { AppliedWatch, promotionSeconds } from './promotions';
import { type Listener, Shop } from './shop';
import { Sandbox } from '../index';

/** What of the demo is a matter of taste */
export interface DemoOptions {
  readonly nodes: 'real' | 'kwok' | 'auto';
  /** How many promotions are timed. */
  readonly promotions: number;
}

/** The main job, shown: two commits travel to a cluster, the second one is put back */
export class Demo {
  public sandbox?: Sandbox;
  private readonly started = Date.now();

  constructor(private readonly dir: string, private readonly options: DemoOptions) {}

  public async run(): Promise<Figures> {
    const memory = new PeakMemory(this.dir);
    this.say('Starting an AWS account without AWS, a Kubernetes control plane and a registry');
    const sandbox = this.sandbox = await Sandbox.start({ dir: this.dir, nodes: this.options.nodes, onProgress: (line) => this.say(`  ${line}`) });
    const startSeconds = this.elapsed();

    this.say('Deploying the template of examples/typescript/shop.ts');
    const beforeDeploy = this.elapsed();
    const shop = await Shop.deploy(sandbox, (line) => this.say(`  ${line}`));
    const deploySeconds = Math.round((this.elapsed() - beforeDeploy) * 10) / 10;

    this.say('The first delivery, which the deployment starts by itself');
    this.expect(await shop.firstDelivery(this.listener()), 'Succeeded');
    await this.showPage(shop);
    const first = (await shop.production.digest())!;

    this.say('From here on, a twin of production takes the same commits by polling alone');
    const twin = await PolledTwin.create(sandbox.cluster, 'shop-production');

    this.say('A commit that changes the page');
    const good = await shop.pushTitle('Hello, version 2', this.listener());
    this.expect(good, 'Succeeded');
    await this.showPage(shop);
    const second = (await shop.production.digest())!;

    this.say('A commit that breaks at run time, in production only');
    const broken = await shop.pushBroken(this.listener());
    this.expect(broken, 'Failed');
    this.say(`  why: ${broken.hops.find(({ status }) => status === 'Failed')?.summary}`);
    const after = await shop.production.digest();
    if (after !== second) throw new Error(`Production runs ${after}, not ${second} as before the broken commit.`);
    this.say(`  production runs ${after} again`);
    await this.showPage(shop);

    this.say(`Timing ${this.options.promotions} promotions by commit`);
    const infrastructure = await shop.developer.clone('shop-infrastructure');
    const applied = new AppliedWatch(sandbox.cluster, 'shop-production');
    const byEvent = await promotionSeconds(infrastructure, 'apps/shop/production/kustomization.yaml', applied, [first, second], this.options.promotions);
    this.say('Waiting until the twin has found commits by polling');
    const byPolling = await twin.end(infrastructure);
    return {
      startSeconds,
      deploySeconds,
      promotionToRolledOut: { byCommit: rolloutSeconds(good, 'production'), byTag: rolloutSeconds(good, 'staging') },
      promotionToApplied: { byEvent: distribution(byEvent), byPolling: distribution(byPolling) },
      awsCalls: sandbox.account.calls.length,
      peakMemoryBytes: memory.stop(),
      nodes: sandbox.cluster.nodes,
      totalSeconds: this.elapsed(),
    };
  }

  public async stop(): Promise<void> {
    await this.sandbox?.stop();
  }

  private listener(): Listener {
    return {
      onHop: (hop) => this.say(`  ${describe(hop)}`),
      onApproval: (stage) => this.say(`  ${stage}: approved by the developer`),
    };
  }

  private async showPage(shop: Shop): Promise<void> {
    const page = await shop.production.page();
    if (page) this.say(`  the page says: ${/<h1>(.*)<\/h1>/.exec(page)?.[1] ?? page}`);
  }

  private expect(outcome: Outcome, status: string): void {
    if (outcome.status !== status) {
      const failed = outcome.hops.find((hop) => hop.status === 'Failed');
      throw new Error(`The execution ended as ${outcome.status}, not ${status}${failed ? `: ${failed.stage}/${failed.action}: ${failed.summary}` : ''}.`);
    }
  }

  private elapsed(): number {
    return (Date.now() - this.started) / 1000;
  }

  private say(line: string): void {
    console.log(`${this.elapsed().toFixed(1).padStart(7)} s  ${line}`);
  }
}

function describe({ stage, action, status, seconds, summary }: Hop): string {
  return `${stage}/${action} ${status} in ${seconds.toFixed(1)} s${status === 'Failed' && summary ? `: ${summary}` : ''}`;
}

function rolloutSeconds(outcome: Outcome, stage: string): number {
  return outcome.hops.find((hop) => hop.stage === stage && hop.action === 'Deploy')!.seconds;
}

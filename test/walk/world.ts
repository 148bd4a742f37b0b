import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { GitDesk } from './git-desk';
import type { Approval, EnvironmentName, PersonCommit } from './history';
import { PipelineLog } from './observe/pipeline-log';
import { WorkloadWatch } from './observe/workload-watch';
import type { Sandbox } from '../../sandbox';
import { ACCOUNT, REGION } from '../../sandbox/account/constants';
import type { ImageFault } from '../../sandbox/cluster';
import { DEVELOPER_ROLE } from '../../sandbox/scenario/people';
import { PipelineDesk } from '../../sandbox/scenario/pipeline-desk';
import { Shop } from '../../sandbox/scenario/shop';

export const APPLICATION = 'shop';
export const IMAGE_REPOSITORY = 'shop/shop';
export const INFRASTRUCTURE_CLONE = 'infrastructure';

/** Seconds after which a rollout without progress has failed: a setting of the team's own, of which the first content has minutes. */
const PROGRESS_DEADLINE = 20;

/** Of an event that came asynchronously: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const TRIES_OF_LAMBDA = 3;

/** The sandbox knows for how long; clients ask again when they hold a credential that ends. */
const SESSION_MS = 30 * 60_000;

/** How an image that is not built yet will fail */
interface PlannedFault { readonly environment: EnvironmentName; readonly fault: ImageFault }

/** The shop, the people who work with it, and the notes that are taken of both */
export class World {
  /** Deploys the shop, with notes taken from the very beginning. */
  public static async open(sandbox: Sandbox): Promise<World> {
    const world = new World(sandbox);
    const { developer } = await Shop.deploy(sandbox);
    for (const name of ['first', 'second']) world.application.push(new GitDesk(await developer.clone(`shop-${APPLICATION}`, name)));
    world.infrastructure = new GitDesk(await developer.clone('shop-infrastructure', INFRASTRUCTURE_CLONE));
    await world.giveUpSooner();
    return world;
  }

  /** Two developers' working copies. */
  public readonly application: GitDesk[] = [];
  public infrastructure!: GitDesk;
  public readonly pipeline: PipelineDesk;
  public readonly log: PipelineLog;
  public readonly watch: WorkloadWatch;
  public readonly approvals: Approval[] = [];
  public readonly personCommits: PersonCommit[] = [];
  /** What the next deployments of the stack are about. */
  public readonly phases = ['an application comes', 'the application goes'];
  /** How often each thing happened that is told at the end. */
  public readonly counts = new Map<string, number>();
  private readonly planned = new Map<string, PlannedFault>();
  private readonly broken = new Set<string>();
  private readonly pending: Promise<void>[] = [];
  /** How often each function was asked to die since the last rest. */
  private readonly deaths = new Map<string, number>();
  private number = 0;

  private constructor(public readonly sandbox: Sandbox) {
    const role = `arn:aws:iam::${ACCOUNT}:role/${DEVELOPER_ROLE}`;
    const client = new CodePipelineClient({
      region: REGION,
      endpoint: sandbox.account.endpointUrl,
      credentials: async () => ({ ...await sandbox.account.sessionFor(role), expiration: new Date(Date.now() + SESSION_MS) }),
    });
    this.pipeline = new PipelineDesk(client, `shop-${APPLICATION}`);
    this.log = new PipelineLog(sandbox.delivery, `shop-${APPLICATION}`, (commit, digest) => this.built(commit, digest));
    this.watch = new WorkloadWatch(sandbox.cluster, APPLICATION);
  }

  /** A number that was not used before. */
  public next(): number {
    return ++this.number;
  }

  public count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** The image that will be made of this commit fails in one environment. */
  public planFault(commit: string, planned: PlannedFault): void {
    this.planned.set(commit, planned);
  }

  public isBroken(environment: EnvironmentName, digest: string): boolean {
    return this.broken.has(`${environment}/${digest}`);
  }

  /** What made an image fail there was not in the image, and is over. */
  public mend(environment: EnvironmentName, digest: string): void {
    this.broken.delete(`${environment}/${digest}`);
    this.sandbox.cluster.mendImage(digest, namespaceOf(environment));
  }

  /**
   * Takes note that a function shall die, unless all tries of one event could end so.
   *
   * Nobody answers the pipeline then until the action's time is over, for which no walk can wait.
   */
  public mayDie(name: string): boolean {
    const deaths = (this.deaths.get(name) ?? 0) + 1;
    if (deaths >= TRIES_OF_LAMBDA) return false;
    this.deaths.set(name, deaths);
    return true;
  }

  /** Takes note of something that ends by itself. */
  public meanwhile(fault: Promise<void>): void {
    fault.catch(() => undefined); // told when it is waited for
    this.pending.push(fault);
  }

  /** From now on nothing goes wrong any more; what went wrong stays so. */
  public async endFaults(): Promise<void> {
    const { account } = this.sandbox;
    account.functions.clear();
    this.deaths.clear();
    await Promise.all(this.pending.splice(0));
    account.ends.clear();
    await account.events.clear();
  }

  private async giveUpSooner(): Promise<void> {
    const file = `apps/${APPLICATION}/base/deployment.yaml`;
    const id = await this.infrastructure.commit(async () => {
      const before = this.infrastructure.read(file);
      this.infrastructure.write(file, before.replace(/progressDeadlineSeconds: \d+/, `progressDeadlineSeconds: ${PROGRESS_DEADLINE}`));
      await this.infrastructure.save('chore: give up sooner');
      return true;
    });
    this.personCommits.push({ id: id!, files: { [file]: this.infrastructure.read(file) } });
  }

  private built(commit: string, digest: string): void {
    const planned = this.planned.get(commit);
    if (!planned) return;
    this.broken.add(`${planned.environment}/${digest}`);
    this.sandbox.cluster.breakImage(digest, planned.fault, namespaceOf(planned.environment));
  }
}

export function namespaceOf(environment: EnvironmentName): string {
  return `${APPLICATION}-${environment}`;
}

export function overlayOf(environment: EnvironmentName): string {
  return `apps/${APPLICATION}/${environment}/kustomization.yaml`;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../sandbox';
import type { End } from '../../sandbox/account/faults/ends';
import type { FluxController } from '../../sandbox/cluster';

const LOOK_EVERY_MS = 20;

type Request = readonly [end: End, operation: string];

/** How a promotion begins: with a tag where Flux follows the image repository, otherwise with a commit. */
const TAG: Request = ['ecr', 'PutImage'];
const COMMIT: Request = ['codecommit', 'CreateCommit'];

const TAGS_READ: Request = ['registry', 'GET'];
const PUSH: Request = ['git', 'git-receive-pack'];
const FETCH: Request = ['git', 'git-upload-pack'];

/** The requests that follow one from the other, in the last of which a controller is at its work */
const AT_WORK: Record<FluxController, Request[][]> = {
  'image-reflector-controller': [[TAG, TAGS_READ]],
  'image-automation-controller': [[TAG, PUSH]],
  'source-controller': [[TAG, PUSH, FETCH], [COMMIT, FETCH]],
  // it asks nobody but the source-controller, for what that has fetched
  'kustomize-controller': [[TAG, PUSH], [COMMIT]],
};

/** Kills Flux's controllers while they are at work on a promotion */
export class FluxKills {
  /** How many were killed. */
  public done = 0;
  private readonly waiting: Promise<void>[] = [];

  constructor(private readonly sandbox: Sandbox) {}

  /**
   * Kills a controller once in each hop of the next delivery in which it works. Meanwhile nobody else may push.
   *
   * @returns how often that will be
   */
  public arm(controller: FluxController): number {
    const hops = AT_WORK[controller];
    const kill = () => {
      this.sandbox.cluster.restartFlux(controller);
      this.done++;
    };
    for (const requests of hops) {
      this.inTheLastOf(requests, async () => {
        if (controller !== 'kustomize-controller') return kill();
        const before = await this.revision();
        this.waiting.push(this.fetched(before).then(kill));
      });
    }
    return hops.length;
  }

  /** Resolves when all kills have been; fails as the first of them that could not be. */
  public async over(): Promise<void> {
    await Promise.all(this.waiting.splice(0));
  }

  private inTheLastOf([request, ...following]: Request[], act: () => unknown): void {
    this.sandbox.account.ends.before(...request, async () => following.length > 0 ? this.inTheLastOf(following, act) : act());
  }

  private async fetched(before: string): Promise<void> {
    while (await this.revision() === before) await sleep(LOOK_EVERY_MS);
  }

  private async revision(): Promise<string> {
    return this.sandbox.cluster.kubectl(['get', 'gitrepository/infrastructure', '--namespace=flux-system', '--output=jsonpath={.status.artifact.revision}']);
  }
}

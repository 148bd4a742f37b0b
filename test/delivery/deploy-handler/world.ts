import { FakeCluster, Behaviour } from './fake-cluster';
import { FakeEcr, refused } from './fake-ecr';
import { createHandler } from '../../../src/delivery/deploy-handler/create-handler';
import type { KubernetesApi } from '../../../src/kubernetes/kubernetes-api';
import { readValue, replaceValue } from '../../../src/source/repository-files-handler/yaml-value';
import { FakeCodeCommit } from '../../source/repository-files-handler/fake-code-commit';

export const OVERLAY = 'apps/shop/production/kustomization.yaml';
export const MANAGED = 'clusters/mall/shop-production.yaml';
export const URI = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/mall/shop';
export const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
export const START = Date.UTC(2026, 10, 24, 12);

const DIGEST = ['Kustomization', 'images', { name: 'shop' }, 'digest'] as const;
const RELEASED = ['Kustomization', 'metadata', 'annotations', 'cdk-gitops-pipeline/released'] as const;

/** Where an invocation ends as if its machine were gone. */
export interface Kill {
  /** Of the invocation's calls, counted from 1. */
  readonly call: number;
  /** Whether the call has had its effect. */
  readonly after: boolean;
}

class Killed extends Error {}

/** One environment, with everything that its deployments reach. */
export class World {
  public now = START;
  public readonly codeCommit = new FakeCodeCommit();
  public readonly ecr = new FakeEcr('mall/shop');
  public readonly cluster: FakeCluster;
  public readonly behaviours: Record<string, Behaviour> = {};
  /** What happens at a time, once. */
  public readonly events: { at: number; happen: () => void }[] = [];
  /** What the pipeline was told, in order. */
  public readonly answers: { jobId: string; failed?: string; token?: string; summary?: string }[] = [];
  /** Calls of each invocation. */
  public readonly calls: string[][] = [];
  public promotion: 'commit' | 'tag' = 'commit';
  /** Called before each call; throws for a service that does not answer. */
  public beforeCall?: (name: string) => void;
  private readonly dates = new Map<string, number>();
  private readonly digests = new Map<string, string>();

  constructor() {
    this.codeCommit.write('main', {
      [OVERLAY]: `resources:\n  - ../base   # the team's\nimages:\n  - name: shop # ours\n    newName: ${URI}\n    digest: none # as promoted\n`,
      [MANAGED]: '# managed by GitOpsPipeline; edits are overwritten\nkind: Namespace\n---\nkind: Kustomization\nmetadata:\n  annotations:\n    cdk-gitops-pipeline/released: none\n',
    });
    this.cluster = new FakeCluster({
      name: 'shop-production',
      imageUri: URI,
      now: () => this.now,
      head: () => this.codeCommit.branches.get('main')!,
      digestAt: (commit) => this.digestAt(commit),
      behaviour: (image) => this.behaviours[image] ?? 'runs',
    });
  }

  public get overlayDigest(): string {
    return this.digestAt(this.codeCommit.branches.get('main')!);
  }

  public get released(): string {
    return readValue(this.codeCommit.files()[MANAGED], RELEASED)!;
  }

  /** Messages of the commits, oldest first, without the first one. */
  public get history(): string[] {
    return this.codeCommit.log().reverse().slice(1).map(({ message }) => message!);
  }

  /** A person's push. */
  public setDigest(to: string): void {
    this.codeCommit.write('main', { [OVERLAY]: replaceValue(this.codeCommit.files()[OVERLAY], DIGEST, to) });
  }

  public parameters(image: string, execution = 'execution-1'): Record<string, unknown> {
    return {
      application: 'shop',
      environment: 'production',
      namespace: 'shop-production',
      imageRepository: 'mall/shop',
      imageUri: URI,
      digest: image,
      tag: 'build-20261124115900-abcdef12',
      commit: 'abcdef12'.padEnd(40, '0'),
      execution,
      promotion: this.promotion,
      timeout: 60,
    };
  }

  /** Runs an action to its end as CodePipeline and Lambda do: killed invocations again, continuations with their token. */
  public async act(parameters: Record<string, unknown>, o: { job?: string; kills?: Kill[] } = {}): Promise<{ failed?: string; summary?: string }> {
    const kills = [...o.kills ?? []];
    let token: string | undefined;
    for (let turn = 1; turn < 100; turn++) {
      const jobId = `${o.job ?? 'job'}-${turn}`;
      let answered = this.answers.find((answer) => answer.jobId === jobId);
      for (let attempt = 0; !answered; attempt++) {
        await this.invoke({ jobId, parameters, token, kill: kills.shift() });
        answered = this.answers.find((answer) => answer.jobId === jobId);
        if (attempt > 20) { throw new Error('The job was never answered'); }
      }
      if (!answered.token) { return answered; }
      token = answered.token;
      await this.pass(15_000);
    }
    throw new Error('The action never ended');
  }

  /** One invocation; it never fails here, since Lambda's retries are the caller's. */
  public async invoke(o: { jobId: string; parameters: unknown; token?: string; kill?: Kill }): Promise<void> {
    const calls: string[] = [];
    this.calls.push(calls);
    let dead = false;
    const die = () => { dead = true; throw new Killed('killed'); };
    const call = async <T>(name: string, effect: () => T | Promise<T>): Promise<T> => {
      if (dead) { return die(); }
      calls.push(name);
      const isLast = o.kill?.call === calls.length;
      if (isLast && !o.kill!.after) { die(); }
      this.beforeCall?.(name);
      const result = await effect();
      if (isLast) { die(); }
      return result;
    };
    const service = (send: (command: any) => Promise<any>) => ({
      send: ((command: any) => call(command.constructor.name.replace(/Command$/, ''), () => send(command))) as any,
    });
    const kubernetes = {
      get: (ref: any) => call('get', () => this.cluster.get(ref)),
      list: (_version: string, kind: string) => call('list', () => this.cluster.list(kind)),
    } as unknown as KubernetesApi;

    const quiet = { info() {}, warn() {}, error() {}, appendKeys() {} };
    const handler = createHandler({
      codePipeline: service((command) => this.answer(command)),
      log: quiet,
      services: () => ({
        codeCommit: service((command) => this.git(command)),
        ecr: service(async (command) => this.ecr.send(command)),
        kubernetes,
        clock: { now: () => this.now, sleep: async (time) => { if (dead) { die(); } await this.pass(time); } },
        platform: 'mall',
        repository: 'infrastructure',
        branch: 'main',
      }),
    });
    const data = { actionConfiguration: { configuration: { UserParameters: JSON.stringify(o.parameters) } }, continuationToken: o.token };
    try {
      await handler({ 'CodePipeline.job': { id: o.jobId, data } }, { getRemainingTimeInMillis: () => 60_000, invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:deploy' });
    } catch (error) {
      if (!dead) { throw error; }
      await this.pass(5_000);
    }
  }

  public async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    while (this.now < end) {
      this.now = Math.min(end, this.now + 250);
      for (const event of this.events.filter(({ at }) => at <= this.now)) {
        this.events.splice(this.events.indexOf(event), 1);
        event.happen();
      }
      if (this.promotion === 'tag') { this.automate(); }
      this.cluster.tick();
    }
  }

  private digestAt(commit: string): string {
    const known = this.digests.get(commit) ?? readValue(this.codeCommit.commits.get(commit)!.tree.get(OVERLAY)!.toString(), DIGEST)!;
    this.digests.set(commit, known);
    return known;
  }

  /** Flux's image automation. */
  private automate(): void {
    const newest = this.ecr.of('production').at(-1);
    if (newest && newest.digest !== this.overlayDigest) { this.setDigest(newest.digest); }
  }

  private async git(command: any): Promise<any> {
    if (command.constructor.name !== 'GetCommitCommand') {
      const answer = await this.codeCommit.send(command);
      for (const id of this.codeCommit.commits.keys()) { this.dates.set(id, this.dates.get(id) ?? this.now); }
      return answer;
    }
    const { id, parent, message, author } = this.codeCommit.commits.get(command.input.commitId) ?? (() => { throw refused('CommitIdDoesNotExistException'); })();
    const date = `${Math.floor((this.dates.get(id) ?? this.now) / 1000)} +0000`;
    return { commit: { commitId: id, parents: parent ? [parent] : [], message, author: { name: author }, committer: { date } } };
  }

  private async answer(command: any): Promise<any> {
    const { jobId, failureDetails, continuationToken, executionDetails } = command.input;
    if (this.answers.some((answer) => answer.jobId === jobId)) { throw refused('InvalidJobStateException'); }
    this.answers.push({ jobId, failed: failureDetails?.message, token: continuationToken, summary: executionDetails?.summary });
    return {};
  }
}

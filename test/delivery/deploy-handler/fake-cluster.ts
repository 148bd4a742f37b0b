import type { KubernetesObject, ObjectRef } from '../../../src/kubernetes/kubernetes-api';

/** What an image does when it is run. */
export type Behaviour = 'runs' | 'cannot be pulled' | 'crashes' | 'never gets ready' | 'cannot be built';

export interface FakeClusterProps {
  readonly name: string;
  readonly imageUri: string;
  readonly now: () => number;
  /** The branch's newest commit. */
  readonly head: () => string;
  readonly digestAt: (commit: string) => string;
  readonly behaviour: (digest: string) => Behaviour;
}

const FLUX_TAKES = 400;
const ROLLOUT_TAKES = 1_500;

/** Flux and one Deployment, moved on by looking at the clock. */
export class FakeCluster {
  /** Digests whose rollout began, in order. */
  public readonly rollouts: string[] = [];
  public suspended = false;
  private seen?: { commit: string; at: number };
  private applied?: string;
  private attempted?: string;
  private failed = false;
  private digest?: string;
  private since = 0;
  private generation = 0;

  constructor(private readonly props: FakeClusterProps) {}

  /** What the cluster runs, or tries to. */
  public get running(): string | undefined {
    return this.digest;
  }

  public tick(): void {
    const { now, head, digestAt, behaviour } = this.props;
    const commit = head();
    if (this.seen?.commit !== commit) { this.seen = { commit, at: now() }; }
    if (this.suspended || this.attempted === commit || now() - this.seen.at < FLUX_TAKES) { return; }
    const digest = digestAt(commit);
    if (digest === 'none') { return; }
    this.attempted = commit;
    this.failed = behaviour(digest) === 'cannot be built';
    if (this.failed) { return; }
    this.applied = commit;
    if (this.digest === digest) { return; }
    this.digest = digest;
    this.since = now();
    this.generation++;
    this.rollouts.push(digest);
  }

  public get(ref: ObjectRef): KubernetesObject | undefined {
    if (ref.kind === 'Kustomization' && ref.name === this.props.name) { return this.kustomization(); }
    return ref.kind === 'Deployment' && this.digest ? this.deployment() : undefined;
  }

  public list(kind: string): KubernetesObject[] {
    if (!this.digest) { return []; }
    return kind === 'ReplicaSet' ? [this.replicaSet()] : [this.pod()];
  }

  private kustomization(): KubernetesObject {
    const revision = (commit?: string) => (commit ? `main@sha1:${commit}` : undefined);
    return {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: this.props.name, namespace: 'flux-system' },
      spec: { suspend: this.suspended },
      status: {
        lastAppliedRevision: revision(this.applied),
        lastAttemptedRevision: revision(this.attempted),
        conditions: [this.failed
          ? { type: 'Ready', status: 'False', reason: 'BuildFailed', message: 'kustomize build failed:\n no such resource' }
          : { type: 'Ready', status: this.applied ? 'True' : 'False', reason: this.applied ? 'ReconciliationSucceeded' : 'DependencyNotReady' }],
        inventory: this.applied ? { entries: [{ id: `${this.props.name}_shop_apps_Deployment`, v: 'v1' }, { id: `${this.props.name}_shop__Service`, v: 'v1' }] } : undefined,
      },
    };
  }

  private spec() {
    return { containers: [{ name: 'web', image: `${this.props.imageUri}@${this.digest}`, readinessProbe: {} }] };
  }

  private deployment(): KubernetesObject {
    const complete = this.behaviour === 'runs' && this.props.now() - this.since >= ROLLOUT_TAKES;
    const updated = complete ? 2 : 1;
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop', uid: 'deployment', generation: this.generation, annotations: { 'deployment.kubernetes.io/revision': `${this.generation}` } },
      spec: { replicas: 2, template: { spec: this.spec() } },
      status: { observedGeneration: this.generation, replicas: complete ? 2 : 3, updatedReplicas: updated, availableReplicas: 2 },
    };
  }

  private replicaSet(): KubernetesObject {
    const annotations = { 'deployment.kubernetes.io/revision': `${this.generation}` };
    return {
      apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'shop-1', uid: 'replicaSet', annotations, ownerReferences: [{ uid: 'deployment' }] },
    };
  }

  private pod(): KubernetesObject {
    const age = this.props.now() - this.since;
    const status = {
      'runs': { ready: true, started: true, restartCount: 0, state: { running: {} } },
      'never gets ready': { ready: false, started: true, restartCount: 0, state: { running: {} } },
      'cannot be built': {},
      'cannot be pulled': { restartCount: 0, state: { waiting: { reason: age % 4000 < 2000 ? 'ErrImagePull' : 'ImagePullBackOff', message: 'manifest unknown' } } },
      'crashes': {
        restartCount: Math.floor(age / 3000),
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
        lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      },
    }[this.behaviour];
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'shop-1-a', ownerReferences: [{ uid: 'replicaSet' }] },
      spec: this.spec(),
      status: { containerStatuses: [{ name: 'web', ...status }] },
    };
  }

  private get behaviour(): Behaviour {
    return this.props.behaviour(this.digest!);
  }
}

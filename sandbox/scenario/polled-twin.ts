import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import type { Clone } from './developer';
import type { Cluster } from '../cluster';

const NAME = 'polled';
const FLUX_NAMESPACE = 'flux-system';
const LOOK_EVERY_MS = 250;
const PATIENCE_MS = 120_000;

/** A revision of the infrastructure repository, and when Flux had applied it */
interface Applied {
  readonly commit: string;
  readonly time: number;
}

/**
 * An environment once more, beside it and without its pods, which no event reaches
 *
 * The reconcile function asks Flux for the source that the template names. The twin's source is another one, of the same
 * repository and with the same interval, so the twin shows how long the same commits take by polling alone.
 */
export class PolledTwin {
  /** @param kustomization the environment's, e.g. shop-production */
  public static async create(cluster: Cluster, kustomization: string): Promise<PolledTwin> {
    const config = new KubeConfig();
    config.loadFromFile(cluster.adminKubeconfig);
    const api = KubernetesObjectApi.makeApiClient(config);
    const twin = new PolledTwin(api);
    const read = async (apiVersion: string, kind: string, name: string): Promise<any> => api.read({
      apiVersion, kind, metadata: { name, namespace: FLUX_NAMESPACE },
    });
    const source = await read('source.toolkit.fluxcd.io/v1', 'GitRepository', 'infrastructure');
    const environment = await read('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', kustomization);
    for (const made of twin.objects(source.spec, environment.spec)) await api.create(made);
    twin.watching = twin.watch();
    return twin;
  }

  private readonly applied: Applied[] = [];
  private watching: Promise<void> = Promise.resolve();
  private ended = false;

  private constructor(private readonly api: KubernetesObjectApi) {}

  /**
   * Seconds from each commit of the infrastructure repository that the twin found by polling to having it applied; then the twin is gone.
   *
   * Git keeps whole seconds of a commit's time, so each is up to a second too many.
   */
  public async end(infrastructure: Clone): Promise<number[]> {
    const deadline = Date.now() + PATIENCE_MS;
    while (this.applied.length < 2 && Date.now() < deadline) await sleep(LOOK_EVERY_MS);
    this.ended = true;
    await this.watching;
    await this.api.delete({ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: NAME, namespace: FLUX_NAMESPACE } });
    await this.api.delete({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: NAME, namespace: FLUX_NAMESPACE } });
    if (this.applied.length < 2) throw new Error(`Flux found no new commit by polling within ${PATIENCE_MS / 1000} s; the source-controller's log in the run folder says why.`);
    await infrastructure.pull();
    return this.secondsOf(infrastructure);
  }

  private async secondsOf(infrastructure: Clone): Promise<number[]> {
    const seconds: number[] = [];
    for (let index = 1; index < this.applied.length; index++) {
      const [before, { commit, time }] = [this.applied[index - 1], this.applied[index]];
      const committed = await infrastructure.git(['log', '--format=%ct', `${before.commit}..${commit}`]);
      seconds.push(...committed.split('\n').filter(Boolean).map((second) => Math.round((time / 1000 - Number(second)) * 10) / 10));
    }
    return seconds;
  }

  private async watch(): Promise<void> {
    while (!this.ended) {
      const { status } = await this.api.read({
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: NAME, namespace: FLUX_NAMESPACE },
      }) as { status?: { lastAppliedRevision?: string } };
      const commit = status?.lastAppliedRevision?.split(':').pop();
      if (commit && commit !== this.applied.at(-1)?.commit) this.applied.push({ commit, time: Date.now() });
      await sleep(LOOK_EVERY_MS);
    }
  }

  private objects(source: object, { path, interval }: { path: string; interval: string }): any[] {
    const metadata = { name: NAME, namespace: FLUX_NAMESPACE };
    return [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAME } },
      { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata, spec: source },
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata,
        spec: {
          path,
          interval,
          prune: true,
          targetNamespace: NAME,
          sourceRef: { kind: 'GitRepository', name: NAME },
          patches: [{ target: { kind: 'Deployment' }, patch: '[{"op": "add", "path": "/spec/replicas", "value": 0}]' }],
        },
      },
    ];
  }
}

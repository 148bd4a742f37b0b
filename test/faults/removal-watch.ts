import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig, Watch } from '@kubernetes/client-node';
import type { Cluster } from '../../sandbox/cluster';

const WATCHED = {
  Namespace: '/api/v1/namespaces',
  Controller: '/apis/apps/v1/namespaces/flux-system/deployments',
  Kustomization: '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations',
};

/** Sees in which order namespaces, Flux's controllers and its Kustomizations go */
export class RemovalWatch {
  public static async begin(cluster: Cluster): Promise<RemovalWatch> {
    const config = new KubeConfig();
    config.loadFromFile(cluster.adminKubeconfig);
    const made = new RemovalWatch();
    await Promise.all(Object.entries(WATCHED).map(async ([what, path]) => made.follow(new Watch(config), what, path)));
    return made;
  }

  /** What went, in its order, e.g. `Namespace shop-staging`. */
  public readonly gone: string[] = [];
  private readonly connections: AbortController[] = [];

  private constructor() {}

  /** Ends with what went; the events of the last moment are still on their way. */
  public async end(): Promise<string[]> {
    await sleep(1_000);
    this.connections.forEach(connection => connection.abort());
    return this.gone;
  }

  private async follow(watch: Watch, what: string, path: string): Promise<void> {
    this.connections.push(await watch.watch(path, {}, (phase, { metadata }) => {
      if (phase === 'DELETED') this.gone.push(`${what} ${metadata.name}`);
    }, () => undefined));
  }
}

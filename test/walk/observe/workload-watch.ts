import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig, Watch } from '@kubernetes/client-node';
import type { Cluster } from '../../../sandbox/cluster';
import { ENVIRONMENTS, type EnvironmentName, type Sighting } from '../history';

const KINDS = { ReplicaSet: '/apis/apps/v1', Pod: '/api/v1' } as const;

/** While the API server is away */
const AGAIN_AFTER_MS = 250;

/** Sees every digest that the cluster is asked to run, from the beginning on and without looking away */
export class WorkloadWatch {
  /** When each digest was first seen in an environment. */
  public readonly sightings: Sighting[] = [];
  private readonly watch: Watch;
  private readonly connections = new Set<AbortController>();
  private ended = false;

  constructor(cluster: Cluster, private readonly application: string) {
    const config = new KubeConfig();
    config.loadFromFile(cluster.adminKubeconfig);
    this.watch = new Watch(config);
    for (const environment of ENVIRONMENTS) {
      for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) void this.follow(environment, kind);
    }
  }

  public end(): void {
    this.ended = true;
    for (const connection of this.connections) connection.abort();
  }

  /** Goes on where a connection ended; a ReplicaSet outlives its pods, so what could be missed meanwhile is still listed. */
  private async follow(environment: EnvironmentName, kind: keyof typeof KINDS): Promise<void> {
    const path = `${KINDS[kind]}/namespaces/${this.application}-${environment}/${kind.toLowerCase()}s`;
    let resourceVersion: string | undefined;
    while (!this.ended) {
      await new Promise<void>((resolve) => {
        this.watch.watch(path, { resourceVersion, allowWatchBookmarks: true }, (phase, object) => {
          if (phase === 'ERROR') {
            resourceVersion = undefined; // too old: from the present state on
            return;
          }
          resourceVersion = object.metadata.resourceVersion;
          if (phase !== 'BOOKMARK') this.see(environment, kind, object);
        }, () => resolve()).then((connection) => {
          this.connections.add(connection);
          connection.signal.addEventListener('abort', () => resolve());
        }, () => resolve());
      });
      if (!this.ended) await sleep(AGAIN_AFTER_MS);
    }
  }

  private see(environment: EnvironmentName, kind: keyof typeof KINDS, object: any): void {
    const spec = kind === 'Pod' ? object.spec : object.spec.template.spec;
    for (const { image } of [...spec.initContainers ?? [], ...spec.containers]) {
      const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? `no digest (${image})`;
      if (this.sightings.some((one) => one.environment === environment && one.digest === digest)) continue;
      this.sightings.push({ environment, digest, time: Date.now(), object: `${kind} ${object.metadata.name}` });
    }
  }
}

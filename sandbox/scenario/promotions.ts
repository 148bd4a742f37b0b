import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import type { Clone } from './developer';
import type { Cluster } from '../cluster';

const POLL_MS = 25;
const PATIENCE_MS = 180_000;

/** Watches when Flux has applied a commit of the infrastructure repository to one environment */
export class AppliedWatch {
  private readonly api: KubernetesObjectApi;

  constructor(cluster: Cluster, private readonly kustomization: string) {
    const config = new KubeConfig();
    config.loadFromFile(cluster.adminKubeconfig);
    this.api = KubernetesObjectApi.makeApiClient(config);
  }

  /** Resolves when the cluster runs what this commit says. */
  public async until(commit: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { status } = await this.api.read({
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: this.kustomization, namespace: 'flux-system' },
      }) as { status?: { lastAppliedRevision?: string } };
      if (status?.lastAppliedRevision?.endsWith(commit)) return;
      if (Date.now() > deadline) throw new Error(`Flux applied ${status?.lastAppliedRevision} to ${this.kustomization}, not ${commit}, within ${PATIENCE_MS / 1000} s.`);
      await sleep(POLL_MS);
    }
  }
}

/**
 * Seconds from a promotion in Git to the cluster having applied it, once for each promotion
 *
 * @param digests two digests of the image repository that take turns
 */
export async function promotionSeconds(
  infrastructure: Clone, overlay: string, applied: AppliedWatch, digests: string[], count: number,
): Promise<number[]> {
  const seconds: number[] = [];
  await infrastructure.pull();
  for (let index = 0; index < count; index++) {
    const digest = digests[index % digests.length];
    const commit = await infrastructure.push(overlay, (text) => text.replace(/digest: sha256:[0-9a-f]{64}/, `digest: ${digest}`), `promote ${digest}`);
    const pushed = Date.now();
    await applied.until(commit);
    seconds.push((Date.now() - pushed) / 1000);
  }
  return seconds;
}

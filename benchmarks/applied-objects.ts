import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import type { Cluster } from '../sandbox/cluster';
import { loadKubeconfig } from '../sandbox/cluster/kubeconfig';

const NAMESPACE = 'benchmark';
const AT_ONCE = 20;

/**
 * That many objects in the cluster, as if Flux had applied them
 *
 * They are made directly, since Flux takes minutes for them; it prunes them itself.
 */
export async function addAppliedObjects(cluster: Cluster, dir: string, count: number): Promise<void> {
  const core = loadKubeconfig(cluster.adminKubeconfig).makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: NAMESPACE } } });
  const names = Array.from({ length: count }, (_, index) => `settings-of-the-shop-of-customer-${index}`);
  for (let start = 0; start < count; start += AT_ONCE) {
    await Promise.all(names.slice(start, start + AT_ONCE).map(async (name) => core.createNamespacedConfigMap({
      namespace: NAMESPACE, body: { metadata: { name, labels: { 'kustomize.toolkit.fluxcd.io/name': NAMESPACE, 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } } },
    })));
  }
  const kustomization = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: NAMESPACE, namespace: 'flux-system' },
    spec: {
      suspend: true, // until it is removed; it would prune what the repository does not have
      interval: '10m',
      path: './none',
      prune: true,
      deletionPolicy: 'WaitForTermination',
      sourceRef: { kind: 'GitRepository', name: 'infrastructure' },
    },
  };
  const inventory = { entries: names.map((name) => ({ id: `${NAMESPACE}_${name}__ConfigMap`, v: 'v1' })) };
  await cluster.kubectl(['apply', '--filename', file(dir, 'kustomization.json', kustomization)]);
  await cluster.kubectl([
    '--namespace', 'flux-system', 'patch', 'kustomization', NAMESPACE, '--subresource=status', '--type=merge',
    '--patch-file', file(dir, 'status.json', { status: { inventory } }),
  ]);
}

function file(dir: string, name: string, content: object): string {
  const path = join(dir, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

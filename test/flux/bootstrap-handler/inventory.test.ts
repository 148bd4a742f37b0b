import { readInventory, writeInventory } from '../../../src/flux/bootstrap-handler/inventory';
import type { KubernetesApi, KubernetesObject } from '../../../src/kubernetes/kubernetes-api';

/** Kubernetes takes no ConfigMap whose values are larger together. */
const MAX_CONFIG_MAP = 1024 * 1024;

test('remembers tens of thousands of objects in one ConfigMap', async () => {
  let written: KubernetesObject | undefined;
  const api = { apply: async (object: KubernetesObject) => written = object, get: async () => written } as unknown as KubernetesApi;
  const pruning = Array.from({ length: 30_000 }, (_, index) => ({
    apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop-production', name: `shop-worker-of-customer-${index}`,
  }));
  const inventory = { owner: 'owner', stack: 'stack', objects: pruning.slice(0, 2), pruning };
  await writeInventory(api, inventory);

  const { data, binaryData } = JSON.parse(JSON.stringify(written));
  const sizes = [...Object.values<string>(data), ...Object.values<string>(binaryData).map((value) => Buffer.from(value, 'base64'))];
  expect(sizes.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(MAX_CONFIG_MAP);
  expect(await readInventory(api)).toEqual(inventory);
});

test('shows people the objects of Flux as text', async () => {
  let written: KubernetesObject | undefined;
  const api = { apply: async (object: KubernetesObject) => written = object } as unknown as KubernetesApi;
  const objects = [{ apiVersion: 'v1', kind: 'Namespace', name: 'flux-system' }];
  await writeInventory(api, { owner: 'owner', stack: 'stack', objects });

  expect(written).toMatchObject({ data: { owner: 'owner', stack: 'stack', objects: JSON.stringify(objects) } });
  expect(written).not.toHaveProperty('binaryData');
});

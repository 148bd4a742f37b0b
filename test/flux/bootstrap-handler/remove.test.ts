import { eventOf, handlersOver, kustomization, OWNER } from './fixtures';
import { entry, fluxControllers, kubernetesControllers } from './simulated-flux';
import { INVENTORY_REF } from '../../../src/flux/bootstrap-handler/inventory';
import { describe as nameOf, KubernetesObject, KubernetesUnreachable, refOf } from '../../../src/kubernetes/kubernetes-api';
import { MemoryKubernetesApi } from '../../kubernetes/memory-kubernetes-api';

const NAMESPACE: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop-production' } };
const ACCOUNT: KubernetesObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'shop-production', namespace: 'flux-system' } };
const LOAD_BALANCER: KubernetesObject = {
  apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop-production', finalizers: ['service.kubernetes.io/load-balancer-cleanup'] },
};
const VOLUME: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'pv-1', finalizers: ['external-provisioner.volume.kubernetes.io/finalizer'] },
  spec: { claimRef: { namespace: 'shop-production' }, persistentVolumeReclaimPolicy: 'Delete' },
  status: { phase: 'Released' },
};

const DELETE = eventOf('Delete');

let api: MemoryKubernetesApi;
beforeEach(async () => {
  api = fluxControllers(kubernetesControllers(new MemoryKubernetesApi()));
  await handlersOver(api).create();
});

/** An environment as Flux applies it: the root's Kustomization applies its account, namespace and own Kustomization. */
function deployShop(spec: object = {}, ...applied: KubernetesObject[]): void {
  const shop = kustomization('shop-production', { serviceAccountName: 'shop-production', ...spec });
  shop.status = { inventory: { entries: applied.map(entry) } };
  api.seed(NAMESPACE, ACCOUNT, ...applied, shop);
  api.change(api.find('Kustomization', 'infrastructure')!, (root) => {
    root.status = { ...root.status, inventory: { entries: [NAMESPACE, ACCOUNT, shop].map(entry) } };
  });
}

function names(): string[] {
  return api.all().map((object) => nameOf(refOf(object)));
}

test('removes the sync, what it applied, and then Flux', async () => {
  deployShop({}, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop-production' } });
  expect(await handlersOver(api).delete(DELETE)).toEqual({});
  expect(names()).toEqual([]);

  const at = (call: string) => api.calls.indexOf(call);
  const order = [
    'delete GitRepository flux-system/infrastructure', 'delete Kustomization flux-system/shop-production', 'delete Kustomization flux-system/infrastructure',
    'delete Deployment flux-system/kustomize-controller', 'delete CustomResourceDefinition kustomizations.kustomize.toolkit.fluxcd.io', 'delete Namespace flux-system',
  ].map(at);
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test('a suspended Kustomization is resumed, or it would leave everything behind', async () => {
  deployShop({ suspend: true }, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'default' } });
  api.seed({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  expect(await handlersOver(api).delete(DELETE)).toEqual({});
  expect(names()).toEqual(['Namespace default']);
});

test('waits for load balancers and volumes before Flux goes', async () => {
  deployShop({}, LOAD_BALANCER);
  api.seed(VOLUME);
  const run = handlersOver(api);
  let before: string[] = [];
  run.clock.after(8 * 60_000, () => api.change(LOAD_BALANCER, (object) => { object.metadata.finalizers = []; }));
  run.clock.after(16 * 60_000, () => {
    before = names();
    api.change(VOLUME, (object) => {
      object.metadata.deletionTimestamp = 'now';
      object.metadata.finalizers = [];
    });
  });
  // Lambda's 15 minutes are over in between
  expect(await run.delete(DELETE)).toBe('answered later');
  expect(await run.delete(run.continued[0])).toEqual({});
  expect(before).toContain('Deployment flux-system/kustomize-controller');
  expect(before).not.toContain('Namespace shop-production');
  expect(names()).toEqual([]);
});

test('gives up on what does not move, removes Flux nevertheless, and names what is left', async () => {
  deployShop({}, LOAD_BALANCER);
  const run = handlersOver(api, { remainingMs: () => 60 * 60_000 });
  const outcome = await run.delete(DELETE);
  expect(outcome).toEqual({ reason: expect.stringMatching(/^Left behind, please delete by hand: .*Service shop-production\/web/) });
  expect(names().sort()).toEqual(['Namespace shop-production', 'Service shop-production/web']);
});

test('is not held for ever by finalizers when no controller runs', async () => {
  deployShop();
  await api.delete({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'kustomize-controller', namespace: 'flux-system' });
  const outcome = await handlersOver(api, { remainingMs: () => 60 * 60_000 }).delete(DELETE);
  expect(outcome).toEqual({ reason: expect.stringContaining('Kustomization flux-system/shop-production') });
  expect(api.find('Namespace', 'flux-system')).toBeUndefined();
  expect(api.find('Kustomization', 'infrastructure')).toBeUndefined();
});

test('leaves what Flux was told to leave', async () => {
  const kept: KubernetesObject = {
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', namespace: 'default', annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }, finalizers: ['x'] },
  };
  const orphan: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'orphan', namespace: 'default' } };
  api.seed({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }, orphan);
  deployShop({}, kept);
  api.seed({ ...kustomization('extra', { deletionPolicy: 'Orphan' }), status: { inventory: { entries: [entry(orphan)] } } });
  expect(await handlersOver(api).delete(DELETE)).toEqual({});
  expect(names()).toEqual(expect.arrayContaining(['ConfigMap default/orphan', 'ConfigMap default/kept']));
  expect(api.find('Namespace', 'flux-system')).toBeUndefined();
});

test('a second deletion finds nothing to do', async () => {
  await handlersOver(api).delete(DELETE);
  expect(await handlersOver(api).delete(DELETE)).toEqual({ reason: 'Nothing was installed' });
});

test('an unreachable cluster ends the deletion with a sentence', async () => {
  jest.spyOn(api, 'get').mockRejectedValue(new KubernetesUnreachable('Cannot get Namespace flux-system: no answer from the cluster\'s API server: getaddrinfo ENOTFOUND'));
  expect(await handlersOver(api).delete(DELETE)).toEqual({ reason: expect.stringMatching(/^The cluster cannot be reached.*ENOTFOUND/) });
});

test('another resource\'s Flux stays, as when the custom resource was renamed', async () => {
  const before = names();
  expect(await handlersOver(api).delete(eventOf('Delete', { PhysicalResourceId: 'OldName-123' }))).toEqual({ reason: expect.stringContaining(`another resource now (${OWNER})`) });
  expect(names()).toEqual(before);
});

test('a Flux that was handed over to "flux bootstrap" stays', async () => {
  api.change(api.find('CustomResourceDefinition', 'kustomizations.kustomize.toolkit.fluxcd.io')!, (crd) => {
    crd.metadata.labels['kustomize.toolkit.fluxcd.io/name'] = 'flux-system';
  });
  expect(await handlersOver(api).delete(DELETE)).toEqual({ reason: expect.stringContaining('flux bootstrap') });
  expect(api.find('Deployment', 'kustomize-controller')).toBeDefined();
});

test('a namespace that was there before the installation stays, without the inventory', async () => {
  api = fluxControllers(kubernetesControllers(new MemoryKubernetesApi()));
  api.seed({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system', labels: { team: 'a' } } });
  await handlersOver(api).create();
  await handlersOver(api).update();
  expect(await handlersOver(api).delete(DELETE)).toEqual({});
  expect(names()).toEqual(['Namespace flux-system']);
  expect(await api.get(INVENTORY_REF)).toBeUndefined();
});

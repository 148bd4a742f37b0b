import { kustomization } from './fixtures';
import { inventoryOf, prunesOnDeletion } from '../../../src/flux/bootstrap-handler/flux-inventory';

test('reads the entries of a Kustomization\'s inventory', () => {
  const entries = [
    { id: 'shop-production_web_apps_Deployment', v: 'v1' },
    { id: 'shop-production_web__Service', v: 'v1' },
    { id: '_team__Reader_rbac.authorization.k8s.io_ClusterRole', v: 'v1' },
    { id: '_shop-production__Namespace', v: 'v1' },
  ];
  expect(inventoryOf({ ...kustomization('x'), status: { inventory: { entries } } })).toEqual([
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop-production' },
    { apiVersion: 'v1', kind: 'Service', name: 'web', namespace: 'shop-production' },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'team:Reader' },
    { apiVersion: 'v1', kind: 'Namespace', name: 'shop-production' },
  ]);
  expect(inventoryOf(kustomization('never-applied'))).toEqual([]);
});

test.each([
  [{ deletionPolicy: undefined, prune: true }, true],
  [{ deletionPolicy: undefined, prune: false }, false],
  [{ deletionPolicy: 'MirrorPrune', prune: true }, true],
  [{ deletionPolicy: 'Delete', prune: false }, true],
  [{ deletionPolicy: 'WaitForTermination', prune: false }, true],
  [{ deletionPolicy: 'Orphan', prune: true }, false],
])('%j prunes on deletion: %s', (spec, prunes) => {
  expect(prunesOnDeletion(kustomization('x', spec))).toBe(prunes);
});

import { digestOf, repositoryOf } from '../../../src/delivery/deploy-handler/image-reference';
import { workloadsOf } from '../../../src/delivery/deploy-handler/inventory';
import { commitOf } from '../../../src/delivery/deploy-handler/kustomization-findings';

test.each([
  ['shop', 'shop', undefined],
  ['localhost:5000/shop', 'localhost:5000/shop', undefined],
  ['localhost:5000/shop:1', 'localhost:5000/shop', undefined],
  ['r.example/a/shop@sha256:b', 'r.example/a/shop', 'sha256:b'],
  ['localhost:5000/shop:1@sha256:b', 'localhost:5000/shop', 'sha256:b'],
])('%s', (image, repository, digest) => {
  expect([repositoryOf(image), digestOf(image)]).toEqual([repository, digest]);
});

test('an inventory holds workloads among other things', () => {
  const kustomization = {
    apiVersion: 'v1',
    kind: 'Kustomization',
    metadata: { name: 'x' },
    status: {
      inventory: {
        entries: [
          { id: 'shop_web_apps_Deployment', v: 'v1' }, { id: 'shop_nightly_batch_CronJob', v: 'v1' }, { id: 'other_web_apps_Deployment', v: 'v1' },
          { id: 'shop_web__Service', v: 'v1' }, { id: '_system__reader_rbac.authorization.k8s.io_ClusterRole', v: 'v1' },
        ],
      },
    },
  };
  expect(workloadsOf(kustomization, 'shop')).toEqual([
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' },
    { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', namespace: 'shop' },
  ]);
  expect(workloadsOf({ ...kustomization, status: undefined }, 'shop')).toEqual([]);
});

test('a revision names its commit', () => {
  expect(commitOf('main@sha1:abc123')).toBe('abc123');
  expect(commitOf('refs/heads/main@sha256:abc123')).toBe('abc123');
  expect(commitOf(undefined)).toBeUndefined();
});

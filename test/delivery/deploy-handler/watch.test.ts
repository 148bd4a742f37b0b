import { deployment, DIGEST, kustomization, TARGET, template } from './objects';
import { World } from './world';
import { environmentFiles } from '../../../src/delivery/deploy-handler/environment-files';
import type { InfrastructureRepository } from '../../../src/delivery/deploy-handler/infrastructure-repository';
import type { Request } from '../../../src/delivery/deploy-handler/parse-job';
import { watch } from '../../../src/delivery/deploy-handler/watch';
import { KubernetesApi, KubernetesError, KubernetesObject, KubernetesUnreachable, ObjectRef } from '../../../src/kubernetes/kubernetes-api';

const STATUS = {
  lastAppliedRevision: 'main@sha1:aaaa',
  lastAttemptedRevision: 'main@sha1:aaaa',
  inventory: { entries: [{ id: 'shop-production_shop_apps_Deployment', v: 'v1' }] },
};

type Get = (ref: ObjectRef, second: number) => KubernetesObject | undefined;

function look(get: Get, o: { deadline?: number; window?: number; overlay?: string } = {}) {
  let now = 0;
  const read: string[] = [];
  const overlay = o.overlay ?? DIGEST;
  const repository = {
    file: async (commit: string) => { read.push(commit); return `images: [{ name: shop, digest: "${overlay}" }]`; },
  } as unknown as InfrastructureRepository;
  const kubernetes = { get: async (ref: ObjectRef) => get(ref, now / 1000), list: async () => [] } as unknown as KubernetesApi;
  const props = {
    request: new World().parameters(DIGEST) as Request,
    kubernetes,
    repository,
    files: environmentFiles('mall', 'shop', 'production'),
    clock: { now: () => now, sleep: async (time: number) => { now += time; } },
    window: () => (o.window ?? 20) * 1000,
  };
  return { result: watch(props, TARGET, (o.deadline ?? 600) * 1000, undefined), read, now: () => now };
}

const running = ({ kind }: ObjectRef) => ({ Kustomization: kustomization(STATUS), Deployment: deployment() })[kind];

test('a complete rollout needs one look', async () => {
  const { result, read, now } = look(running);
  expect((await result).decision).toEqual({ kind: 'complete' });
  expect([read, now()]).toEqual([['aaaa'], 0]);
});

test('what the overlay said at a commit is read once', async () => {
  const { result, read, now } = look(running, { overlay: `sha256:${'c'.repeat(64)}` });
  expect(await result).toMatchObject({ decision: { kind: 'pending', reason: 'Flux has not applied it yet' } });
  expect(read).toEqual(['aaaa']);
  expect(now()).toBe(20_000);
});

test('tells what keeps a promotion from arriving', async () => {
  const source = { ...kustomization(), kind: 'GitRepository', status: { conditions: [{ type: 'Ready', status: 'False', reason: 'GitOperationFailed', message: '403' }] } };
  const { result } = look(({ kind, name }) => (kind === 'GitRepository' ? source : name === 'shop-production' ? kustomization({}) : undefined), { deadline: 5 });
  expect((await result).decision).toMatchObject({
    kind: 'failed',
    reason: 'it was not complete in time: Flux has not applied it yet; GitRepository flux-system/infrastructure is not ready (GitOperationFailed: 403)',
  });
});

test('a cluster that does not answer for a while is no failure', async () => {
  const { result, now } = look((ref, second) => {
    if (second < 12) { throw new KubernetesUnreachable('no route'); }
    return running(ref);
  });
  expect((await result).decision).toEqual({ kind: 'complete' });
  expect(now()).toBe(12_000);
});

test('a right that is missing for a minute is one', async () => {
  const { result, now } = look(() => { throw new KubernetesError('pods is forbidden', 403, 'Forbidden'); }, { window: 300 });
  expect((await result).decision).toEqual({ kind: 'failed', reason: 'pods is forbidden' });
  expect(now()).toBe(60_000);
});

test('an error of our own is not taken for the cluster\'s', async () => {
  await expect(look(() => { throw new TypeError('x is undefined'); }).result).rejects.toThrow('x is undefined');
});

test('the time is over at the deadline, also in the middle of a window', async () => {
  const { result, now } = look(({ kind }) => (kind === 'Kustomization' ? kustomization(STATUS) : deployment({ status: { updatedReplicas: 1 } })), { deadline: 7 });
  expect((await result).decision).toMatchObject({ kind: 'failed', reason: 'it was not complete in time: Deployment shop has 1 of 2 pods updated, 2 available' });
  expect(now()).toBe(7_000);
});

test('a rollout that is complete before the deadline may settle beyond it', async () => {
  const unprobed = template(undefined, { readinessProbe: undefined });
  const { result, now } = look(({ kind }, second) => (kind === 'Kustomization'
    ? kustomization(STATUS)
    : deployment({ spec: { template: unprobed }, status: { updatedReplicas: second < 4 ? 1 : 2 } })), { deadline: 7 });
  expect((await result).decision).toEqual({ kind: 'complete' });
  expect(now()).toBe(14_000);
});

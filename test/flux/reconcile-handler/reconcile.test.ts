import { failed, FakeFlux, fetched, ready, scanned } from './fake-flux';
import type { ReconcileTarget } from '../../../src/flux/reconcile-handler/event-target';
import { reconcile } from '../../../src/flux/reconcile-handler/reconcile';
import { KubernetesError, KubernetesUnreachable } from '../../../src/kubernetes/kubernetes-api';

const OURS = 'a'.repeat(40);
const OLD = 'b'.repeat(40);
const LATER = 'c'.repeat(40);
const TAG = 'staging-20261124100000000-0a1b2c3d';

const commit: ReconcileTarget = {
  type: 'commit',
  commitId: OURS,
  oldCommitId: OLD,
  ref: { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', namespace: 'flux-system', name: 'infrastructure' },
};
const tag: ReconcileTarget = {
  type: 'tag',
  tag: TAG,
  ref: { apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImageRepository', namespace: 'flux-system', name: 'web' },
};

function flux(target: ReconcileTarget, status: object = {}, spec: object = {}): FakeFlux {
  const { apiVersion, kind, name, namespace } = target.ref;
  return new FakeFlux({ apiVersion, kind, metadata: { name, namespace, annotations: { kept: 'yes' } }, spec, status });
}
const run = (target: ReconcileTarget, api: FakeFlux) => reconcile(target, { api, clock: api.clock });
const seconds = async (api: FakeFlux, work: () => Promise<unknown>) => {
  const start = api.time;
  await work();
  return (api.time - start) / 1000;
};

describe('a commit', () => {
  const before = { conditions: ready(), artifact: { revision: `main@sha1:${OLD}` } };

  test('is asked for at once, by one annotation', async () => {
    const api = flux(commit, before);
    api.reconciles = [fetched(OURS)];
    expect(await seconds(api, () => run(commit, api))).toBeLessThan(1);
    expect(api.calls[0]).toBe('annotate GitRepository flux-system/infrastructure');
    expect(api.requests).toHaveLength(1);
    expect(api.requests[0]).toMatch(/^2026-11-24T10:00:00\.400\d{6}Z$/);
    expect(api.object!.metadata.annotations).toMatchObject({ kept: 'yes' });
  });

  test('that Flux has already takes no wait', async () => {
    const api = flux(commit, { ...before, artifact: { revision: `main@sha1:${OURS}` } });
    expect(await run(commit, api)).toBe('reconciled');
    expect(api.calls).toHaveLength(1);
  });

  test('that a later one hides counts once Flux handled the request', async () => {
    const api = flux(commit, before);
    api.reconciles = [fetched(LATER)];
    expect(await run(commit, api)).toBe('reconciled');
    expect(api.requests).toHaveLength(1);
  });

  test('is not done by somebody else\'s request', async () => {
    const api = flux(commit, { ...before, artifact: { revision: `main@sha1:${LATER}` }, lastHandledReconcileAt: '2026-11-24T09:00:00Z' });
    api.delay = Infinity;
    await expect(run(commit, api)).rejects.toThrow('did not reconcile within 25 s');
  });

  test('is asked for again when the fetch was stale', async () => {
    const api = flux(commit, before);
    api.reconciles = [fetched(OLD), fetched(OURS)];
    expect(await run(commit, api)).toBe('reconciled');
    expect(api.requests).toHaveLength(2);
    expect(new Set(api.requests).size).toBe(2);
  });

  test('that was put back since ends all the same', async () => {
    const api = flux(commit, before);
    api.reconciles = [fetched(OLD)];
    expect(await run(commit, api)).toBe('reconciled');
    expect(api.requests).toHaveLength(3);
  });

  test('is asked for again when the request failed', async () => {
    const api = flux(commit, before);
    api.reconciles = [failed('authentication required'), fetched(OURS)];
    expect(await seconds(api, () => run(commit, api))).toBeLessThan(6);
    expect(api.requests).toHaveLength(2);
  });

  test('is not done by a failed request on a revision from long before', async () => {
    const api = flux(commit, { ...before, artifact: { revision: `main@sha1:${LATER}` } });
    api.reconciles = [failed('authentication required')];
    await expect(run(commit, api)).rejects.toThrow('authentication required');
  });

  test('that Flux cannot get fails in time, with Flux\'s reason', async () => {
    const api = flux(commit, before);
    api.reconciles = [failed('authentication required')];
    expect(await seconds(api, () => expect(run(commit, api)).rejects.toThrow(
      'GitRepository flux-system/infrastructure did not reconcile within 25 s: authentication required'))).toBeLessThanOrEqual(25);
    expect(api.requests.length).toBeGreaterThan(4);
  });

  test('that Flux does not look at fails with what it has', async () => {
    const api = flux(commit, before);
    api.delay = Infinity;
    await expect(run(commit, api)).rejects.toThrow(`its revision is main@sha1:${OLD}, not ${OURS} or a later one`);
  });

  test('survives an API server that is away for a while', async () => {
    const api = flux(commit, before);
    api.errors = [new KubernetesUnreachable('no answer'), undefined, new KubernetesError('refused', 403, 'Forbidden')];
    api.reconciles = [fetched(OURS)];
    expect(await run(commit, api)).toBe('reconciled');
  });

  test('fails with the API server\'s reason', async () => {
    const api = flux(commit, before);
    api.errors = Array(1000).fill(new KubernetesError('Cannot patch: may not (403 Forbidden)', 403, 'Forbidden'));
    await expect(run(commit, api)).rejects.toThrow('within 25 s: Cannot patch: may not (403 Forbidden)');
  });

  test('is no error before Flux is there, or when it goes', async () => {
    const api = flux(commit, before);
    api.object = undefined;
    expect(await run(commit, api)).toBe('absent');
    const going = flux(commit, before);
    going.delay = Infinity;
    setImmediate(() => { going.object = undefined; });
    going.clock.sleep = async (milliseconds) => { going.time += milliseconds; await new Promise(setImmediate); };
    expect(await run(commit, going)).toBe('absent');
  });

  test('is not forced on an object that a person suspended', async () => {
    expect(await run(commit, flux(commit, before, { suspend: true }))).toBe('suspended');
  });

  test('is fetched for the first time', async () => {
    const api = flux(commit);
    api.reconciles = [fetched(OURS)];
    expect(await run(commit, api)).toBe('reconciled');
  });
});

describe('a tag', () => {
  const before = { conditions: ready(), lastScanResult: { scanTime: '2026-11-24T09:59:10Z', latestTags: ['staging-1'] } };

  test('is done when it is listed', async () => {
    const api = flux(tag, before);
    api.reconciles = [scanned('2026-11-24T10:00:00Z', TAG)];
    expect(await run(tag, api)).toBe('reconciled');
    expect(api.calls[0]).toBe('annotate ImageRepository flux-system/web');
    expect(api.requests).toHaveLength(1);
  });

  test('is done by a new scan although the list is too short for it, and its time is in whole seconds', async () => {
    const api = flux(tag, before);
    api.reconciles = [scanned('2026-11-24T10:00:00Z', 'other')];
    expect(await run(tag, api)).toBe('reconciled');
    expect(api.requests).toHaveLength(1);
  });

  test('is asked for again when the scan failed, though Flux calls the request handled', async () => {
    const api = flux(tag, before);
    api.reconciles = [failed('registry is away'), (status) => { status.conditions = ready(); }, scanned('2026-11-24T10:00:09Z')];
    expect(await run(tag, api)).toBe('reconciled');
    expect(api.requests).toHaveLength(3);
  });

  test('is not done by a failed scan behind one that was under way', async () => {
    const api = flux(tag, before);
    api.reconciles = [(status) => { scanned('2026-11-24T10:00:00Z')(status); failed('registry is away')(status); }];
    await expect(run(tag, api)).rejects.toThrow('registry is away');
  });

  test('is not done by a scan that began before the event', async () => {
    const api = flux(tag, before);
    api.delay = Infinity;
    api.clock.sleep = async (milliseconds) => {
      api.time += milliseconds;
      api.object!.status = { ...before, lastScanResult: { scanTime: new Date(api.time).toISOString() } };
    };
    await expect(run(tag, api)).rejects.toThrow(`before tag ${TAG}`);
  });

  test('is scanned for the first time', async () => {
    const api = flux(tag);
    api.reconciles = [scanned('2026-11-24T10:00:00Z')];
    expect(await run(tag, api)).toBe('reconciled');
  });
});

test('two that ask in the same millisecond ask for different things', async () => {
  const requests = await Promise.all(Array.from({ length: 50 }, async () => {
    const api = flux(commit, { artifact: { revision: `main@sha1:${OURS}` } });
    await run(commit, api);
    return api.requests[0];
  }));
  expect(new Set(requests).size).toBeGreaterThan(48);
});

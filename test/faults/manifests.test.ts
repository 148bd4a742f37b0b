import { FaultShop, SETUP_MILLISECONDS, until } from './fault-shop';
import { AppliedWatch } from '../../sandbox/scenario/promotions';
import { shortDigest } from '../../src/delivery/deploy-handler/digest';

const KUSTOMIZATION = 'shop-production';

let it: FaultShop;

beforeAll(async () => { it = await FaultShop.start(); }, SETUP_MILLISECONDS);
afterEach(async () => it.clear());
afterAll(async () => it?.stop('faults-manifests'));

const patch = (operations: object[]) => `patches:\n  - target: { kind: Deployment }\n    patch: '${JSON.stringify(operations)}'\n`;
const add = (path: string, value: unknown) => ({ op: 'add', path, value });

test.each([
  ['has a value of another type', patch([add('/spec/replicas', 'three')]),
    /Flux cannot apply it: ReconciliationFailed: Deployment\/shop-production\/shop dry-run failed: .*\.spec\.replicas: expected numeric \(int or float\), got string/],
  ['changes what may not change', patch([add('/spec/selector/matchLabels/tier', 'web'), add('/spec/template/metadata/labels/tier', 'web')]),
    /Flux cannot apply it: ReconciliationFailed: Deployment\/shop-production\/shop dry-run failed \(Invalid\): .*field is immutable/],
  ['names a file that is not there', 'components:\n  - ../tracing\n',
    /Flux cannot apply it: BuildFailed: .*tracing/],
])('a manifest that %s fails the next promotion with Flux\'s words, and what ran goes on until it is mended', async (_what, manifest, reason) => {
  const before = (await it.shop.production.digest())!;
  const expectGoesOn = async () => {
    expect([await it.shop.production.digest(), await it.shop.production.ready()]).toEqual([before, { ready: 2, wanted: 2 }]);
  };
  const bad = await it.personCommits(text => `${text}${manifest}`, 'feat: not tried before');
  await until('Flux has tried it', async () => (await attempted()).endsWith(bad) ? undefined : attempted());
  await expectGoesOn();

  const commit = await it.push();
  const outcome = await it.follow(commit);
  expect([it.failures(outcome), outcome.status]).toEqual([[expect.stringMatching(reason)], 'Failed']);
  expect(it.failures(outcome)[0]).toContain(`; now production runs ${shortDigest(before)} again.`);
  it.figures['manifests not applied'] = (it.figures['manifests not applied'] ?? 0) + 1;
  await expectGoesOn();
  expect(await it.shop.staging.digest()).toBe(it.digestOf(commit));
  const [last] = await it.history();
  expect(last).toMatch(new RegExp(`^revert\\(shop\\): production back from .*\n\nReason: ${reason.source}`));
  expect(last).toContain(`Digest: ${before}\nPuts-Back: ${it.digestOf(commit)}`);

  const mended = await it.personCommits(text => text.replace(manifest, ''), 'fix: as it was');
  await new AppliedWatch(it.sandbox.cluster, KUSTOMIZATION).until(mended);
  await expectGoesOn();
  const next = await it.push();
  expect((await it.follow(next)).status).toBe('Succeeded');
  await it.expectDelivered(next);
});

async function attempted(): Promise<string> {
  return it.sandbox.cluster.kubectl(['get', `kustomization/${KUSTOMIZATION}`, '--namespace=flux-system', '--output=jsonpath={.status.lastAttemptedRevision}']);
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sandbox } from '../../sandbox';
import { writeEvidence } from '../../sandbox/evidence';
import type { Hop, Outcome } from '../../sandbox/scenario/pipeline-watch';
import { AppliedWatch } from '../../sandbox/scenario/promotions';
import { Shop } from '../../sandbox/scenario/shop';

/** The README's example, run: each test goes on where the one before it ended, as commits do. */
let dir: string;
let sandbox: Sandbox;
let shop: Shop;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'e2e-'));
  sandbox = await Sandbox.start({ dir });
  shop = await Shop.deploy(sandbox);
}, 45 * 60_000); // the programs may have to be built first

afterAll(async () => {
  if (shop) await writeEvidence(sandbox, 'delivery');
  await sandbox?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const failed = ({ hops }: Outcome): Hop[] => hops.filter(({ status }) => status === 'Failed');
const stages = ({ hops }: Outcome): string[] => hops.map(({ stage, action, status }) => `${stage}/${action} ${status}`);

test('the first deployment ends with the sample application running in every environment', async () => {
  const outcome = await shop.firstDelivery();
  expect(failed(outcome)).toEqual([]);
  expect(stages(outcome).sort()).toEqual([
    'approve-production/Approve Succeeded', 'build/Build Succeeded', 'production/Deploy Succeeded', 'source/Source Succeeded', 'staging/Deploy Succeeded',
  ]);
  expect(await shop.staging.ready()).toEqual({ ready: 2, wanted: 2 });
  expect(await shop.production.ready()).toEqual({ ready: 2, wanted: 2 });
  expect(await shop.production.digest()).toBe(await shop.staging.digest());
});

test('a commit reaches production by the same digest that staging ran, and Git says why', async () => {
  const before = await shop.production.digest();
  const outcome = await shop.pushTitle('Hello, version 2');
  expect(failed(outcome)).toEqual([]);
  const digest = await shop.production.digest();
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(digest).not.toBe(before);
  expect(await shop.staging.digest()).toBe(digest);
  const page = await shop.production.page();
  expect(page ?? 'Hello, version 2').toContain('Hello, version 2');

  const infrastructure = await shop.developer.clone('shop-infrastructure');
  const history = await infrastructure.git(['log', '-1', '--format=%B', '--', 'apps/shop/production/kustomization.yaml']);
  expect(history).toContain(`Digest: ${digest}`);
  expect(history).toContain(`Previous-Digest: ${before}`);
  expect(history).toContain(`Source-Commit: ${outcome.commit}`);
  expect(history).toMatch(/^Execution: [0-9a-f-]{36}$/m);
});

test('a commit that breaks in production is put back, with the cluster\'s reason', async () => {
  const before = await shop.production.digest();
  const outcome = await shop.pushBroken();
  expect(outcome.status).toBe('Failed');
  expect(failed(outcome)).toEqual([expect.objectContaining({
    stage: 'production', action: 'Deploy', summary: expect.stringMatching(/did not run: container shop of Pod .* \(CrashLoopBackOff: .*now production runs sha256:/),
  })]);
  expect(await shop.production.digest()).toBe(before);
  expect(await shop.production.ready()).toEqual({ ready: 2, wanted: 2 });
  expect(await shop.staging.digest()).not.toBe(before); // what staging ran was fine there
});

test('a revert in the infrastructure repository is a deployment', async () => {
  const infrastructure = await shop.developer.clone('shop-infrastructure', 'revert');
  const deployments = (await infrastructure.git(['log', '--format=%H', '--grep=^deploy(shop): production'])).split('\n');
  expect(deployments.length).toBeGreaterThan(1);
  const [first] = shop.digests;
  const commit = await infrastructure.push('apps/shop/production/kustomization.yaml',
    (text) => text.replace(/digest: sha256:[0-9a-f]{64}/, `digest: ${first}`), 'revert: back to the first version');
  await new AppliedWatch(sandbox.cluster, 'shop-production').until(commit);
  await expectEventually(async () => (await shop.production.ready()).ready, 2);
  expect(await shop.production.digest()).toBe(first);
});

test('an event that is lost is made up for by polling', async () => {
  const infrastructure = await shop.developer.clone('shop-infrastructure', 'polling');
  const [digest] = shop.digests.slice(-1);
  sandbox.account.events.lose();
  try {
    const commit = await infrastructure.push('apps/shop/production/kustomization.yaml',
      (text) => text.replace(/digest: sha256:[0-9a-f]{64}/, `digest: ${digest}`), 'promote by hand');
    await new AppliedWatch(sandbox.cluster, 'shop-production').until(commit);
  } finally {
    await sandbox.account.events.clear();
  }
  expect(await shop.production.digest()).toBe(digest);
});

test('no call of any part was refused, and nobody but the deployer acted without a role of the template', async () => {
  expect(sandbox.account.calls.filter(({ allowed }) => !allowed)).toEqual([]);
  const principals = new Set(sandbox.account.calls.map(({ principal }) => principal.replace(/^.*:role\//, '')));
  for (const principal of principals) expect(principal).toMatch(/^(ShopStack-|PeopleStack-|developer$|deployer$|anonymous$|cdk-|events\.amazonaws\.com$)/);
});

test('there is no stored key: no Secret that Flux or an application could use', async () => {
  const secrets = JSON.parse(await sandbox.cluster.kubectl(['get', 'secrets', '--all-namespaces', '--output=json']));
  expect(secrets.items.map(({ metadata }: any) => `${metadata.namespace}/${metadata.name}`)).toEqual([]);
});

test('the deletion of the stack takes away what Flux applied, then Flux', async () => {
  await sandbox.account.destroy('ShopStack');
  const namespaces = await sandbox.cluster.kubectl(['get', 'namespaces', '--output=name']).catch(() => '');
  expect(namespaces).not.toMatch(/shop-|flux-system/);
});

async function expectEventually<T>(look: () => Promise<T>, expected: T): Promise<void> {
  for (let attempt = 0; attempt < 150 && await look() !== expected; attempt++) await sleep(200);
  expect(await look()).toEqual(expected);
}

import { FaultShop, SETUP_MILLISECONDS, until } from './fault-shop';
import type { ImageFault } from '../../sandbox/cluster';
import type { Outcome } from '../../sandbox/scenario/pipeline-watch';
import type { Workload } from '../../sandbox/scenario/workload';
import { shortDigest } from '../../src/delivery/deploy-handler/digest';

const NAMESPACE = 'shop-production';
const CRASHES = /container shop of Pod shop-\S+ crashes again and again \(CrashLoopBackOff: 2 restarts, last ended with exit code 1\)/;
const QUOTA = 'small';
/** Seconds; a team's own setting, of which the first content has minutes. */
const PROGRESS_DEADLINE = 20;

let it: FaultShop;

beforeAll(async () => {
  it = await FaultShop.start();
  await it.personCommits(text => text.replace(/progressDeadlineSeconds: \d+/, `progressDeadlineSeconds: ${PROGRESS_DEADLINE}`), 'chore: give up sooner', 'apps/shop/base/deployment.yaml');
}, SETUP_MILLISECONDS);
afterEach(async () => it.clear());
afterAll(async () => it?.stop('faults-images'));

type Digest = string;

const broken = (fault: ImageFault) => (digest: Digest) => it.sandbox.cluster.breakImage(digest, fault, NAMESPACE);
/** Of the cluster's administrator, who did not think of the one pod more that a rollout takes. */
const quota = async () => it.sandbox.cluster.kubectl(['create', 'quota', QUOTA, '--hard=pods=2', `--namespace=${NAMESPACE}`]);
const noQuota = async () => it.sandbox.cluster.kubectl(['delete', 'quota', QUOTA, `--namespace=${NAMESPACE}`]);
/** The next image is another one. */
const nothing = async () => undefined;

test.each<[string, RegExp, (digest: Digest) => unknown, () => Promise<unknown>]>([
  ['cannot be pulled', /container shop of Pod shop-\S+ cannot pull its image \(ImagePullBackOff: Back-off pulling image "\S+": not found\)/, broken('pull'), nothing],
  ['crashes', CRASHES, broken('crash'), nothing],
  ['never becomes ready', /Deployment shop made no progress within its progressDeadlineSeconds: ReplicaSet "shop-\S+" has timed out progressing/, broken('never-ready'), nothing],
  ['exceeds a quota', /Deployment shop cannot make its pods: pods "shop-\S+" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2/, quota, noQuota],
])('an image that was well in staging and %s in production is put back, and the next one goes out', async (_what, reason, goWrong, mend) => {
  const before = (await it.shop.production.digest())!;
  const commit = await it.push();
  const outcome = await it.follow(commit, () => undefined, async () => goWrong(it.digestOf(commit)));
  const bad = it.digestOf(commit);
  expectReason(outcome, reason, `production runs ${shortDigest(before)}`);
  await expectRuns(it.shop.production, before);
  await expectExplained(bad, before, reason);
  expect(await it.shop.staging.digest()).toBe(bad);

  await mend();
  const next = await it.push();
  expect((await it.follow(next)).status).toBe('Succeeded');
  await it.expectDelivered(next);
});

test('an image that crashes in staging is put back by a newer tag, nobody is asked about production, and mended it goes out by a retry', async () => {
  const [before, production] = [(await it.shop.staging.digest())!, (await it.shop.production.digest())!];
  const commit = await it.push();
  it.sandbox.account.ends.before('ecr', 'PutImage', async () => it.sandbox.cluster.breakImage(it.digestOf(commit), 'crash', it.shop.staging.namespace));
  const outcome = await it.follow(commit);
  expectReason(outcome, CRASHES, `staging runs ${shortDigest(before)}`);
  expect(outcome.hops.map(({ stage }) => stage)).toEqual(['source', 'build', 'staging']);
  await expectRuns(it.shop.staging, before);
  await expectRuns(it.shop.production, production);

  it.sandbox.cluster.mendImage(it.digestOf(commit), it.shop.staging.namespace);
  const [failed] = await it.desk.failedStages();
  await it.desk.retry(failed);
  expect((await it.follow(commit)).status).toBe('Succeeded');
  await it.expectDelivered(commit);
});

/** One sentence that says why the cluster does not run it, and what runs now. */
function expectReason(outcome: Outcome, reason: RegExp, runs: string): void {
  expect([it.failures(outcome), outcome.status]).toEqual([[expect.stringMatching(reason)], 'Failed']);
  expect(it.failures(outcome)[0]).toContain(`; now ${runs} again.`);
  it.figures['images put back'] = (it.figures['images put back'] ?? 0) + 1;
}

/** What Git says runs, with all its pods, and no others are left. */
async function expectRuns(workload: Workload, digest: Digest): Promise<void> {
  expect([await workload.digest(), await workload.ready()]).toEqual([digest, { ready: 2, wanted: 2 }]);
  await until('no other pods are left', async () => {
    const images = (await it.sandbox.cluster.kubectl(['get', 'pods', `--namespace=${workload.namespace}`, '--output=jsonpath={.items[*].spec.containers[*].image}'])).split(' ');
    return images.length === 2 && images.every(image => image.endsWith(`@${digest}`)) ? undefined : images.join(' ');
  });
  await it.infrastructure.git(['fetch', '--quiet', 'origin']);
  expect(await it.infrastructure.git(['show', `origin/main:apps/shop/${workload.namespace.replace('shop-', '')}/kustomization.yaml`])).toContain(`digest: ${digest}`);
  await it.expectNoneLost();
}

async function expectExplained(bad: Digest, before: Digest, reason: RegExp): Promise<void> {
  const [last] = await it.history();
  expect(last).toMatch(/^revert\(shop\): production back from /);
  expect(last).toMatch(new RegExp(`^Reason: ${reason.source}`, 'm'));
  expect(last).toContain(`Digest: ${before}\nPuts-Back: ${bad}`);
}

import { FaultShop, SETUP_MILLISECONDS } from './fault-shop';
import type { End } from '../../sandbox/account/faults/ends';

let it: FaultShop;

beforeAll(async () => { it = await FaultShop.start(); }, SETUP_MILLISECONDS);
afterEach(async () => it.clear());
afterAll(async () => it?.stop('faults-ends'));

/** One after the other, each several times: answers 500, answers that it is too much, and no answer for a while. */
function failThrottleAndHang(end: End): number {
  const { ends } = it.sandbox.account;
  ends.fail(end, { times: 2 });
  ends.fail(end, { times: 2, status: 429 });
  ends.hang(end, { times: 1, ms: 5_000 });
  return 5;
}

function fail(end: End, operation: string, times: number): number {
  it.sandbox.account.ends.fail(end, { operation, times });
  return times;
}

test.each([
  ['Git takes no push, fails, throttles and hangs', () => fail('git', 'git-receive-pack', 1) + failThrottleAndHang('git')],
  ['the registry fails, throttles and hangs', () => failThrottleAndHang('registry')],
  ['CodeCommit fails, throttles and hangs', () => failThrottleAndHang('codecommit')],
  ['ECR fails, throttles and hangs, and CodePipeline takes no answer', () => failThrottleAndHang('ecr') + fail('codepipeline', 'PutJobSuccessResult', 7)],
])('a deployment goes on when %s for a while', async (_what, goWrong) => {
  const { ends } = it.sandbox.account;
  const before = ends.met;
  let times = 0;
  const commit = await it.push();
  const outcome = await it.follow(commit, ({ action }) => {
    if (action === 'Build') times += goWrong();
  });
  expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
  expect(ends.met - before).toBe(times);
  await it.clear();
  await it.expectDelivered(commit);
});

test('a deployment that cannot read Git at all ends with the reason, and what ran goes on', async () => {
  const before = await it.shop.production.digest();
  const commit = await it.push();
  const outcome = await it.follow(commit, () => undefined, () => it.sandbox.account.ends.fail('codecommit'));
  expect(outcome.status).toBe('Failed');
  expect(it.failures(outcome)).toEqual([expect.stringMatching(/in production was not promoted: /)]);
  expect(await it.shop.production.digest()).toBe(before);
  expect(await it.shop.production.ready()).toEqual({ ready: 2, wanted: 2 });
});

test('a build that cannot push its image ends with the reason, and what ran goes on', async () => {
  const before = [await it.shop.staging.digest(), await it.shop.production.digest()];
  const commit = await it.push();
  it.sandbox.account.ends.fail('registry');
  const outcome = await it.follow(commit);
  expect(outcome.status).toBe('Failed');
  expect(it.failures(outcome)).toHaveLength(1);
  await it.clear();
  expect([await it.shop.staging.digest(), await it.shop.production.digest()]).toEqual(before);
});

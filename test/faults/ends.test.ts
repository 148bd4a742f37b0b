import { FaultShop, SETUP_MILLISECONDS } from './fault-shop';

let it: FaultShop;

beforeAll(async () => { it = await FaultShop.start(); }, SETUP_MILLISECONDS);
afterEach(async () => it.clear());
afterAll(async () => it?.stop('faults-ends'));

/** A commit whose image is built; then something goes wrong. */
async function deliverWith(goWrong: () => void): Promise<void> {
  const commit = await it.push();
  const before = it.sandbox.account.ends.met;
  const outcome = await it.follow(commit, ({ action }) => {
    if (action === 'Build') goWrong();
  });
  expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
  expect(it.sandbox.account.ends.met).toBeGreaterThan(before);
  await it.clear();
  await it.expectDelivered(commit);
}

test.each([
  ['Git fails', () => it.sandbox.account.ends.fail('git', { times: 6 })],
  ['Git throttles', () => it.sandbox.account.ends.fail('git', { times: 6, status: 429 })],
  ['Git hangs', () => it.sandbox.account.ends.hang('git', { times: 2, ms: 15_000 })],
  ['Git takes no push', () => it.sandbox.account.ends.fail('git', { times: 3, operation: 'git-receive-pack' })],
  ['the registry fails', () => it.sandbox.account.ends.fail('registry', { times: 6 })],
  ['the registry throttles', () => it.sandbox.account.ends.fail('registry', { times: 6, status: 429 })],
  ['the registry hangs', () => it.sandbox.account.ends.hang('registry', { times: 2, ms: 15_000 })],
  ['CodeCommit fails', () => it.sandbox.account.ends.fail('codecommit', { times: 7 })],
  ['CodeCommit throttles', () => it.sandbox.account.ends.fail('codecommit', { times: 7, status: 429 })],
  ['CodeCommit hangs', () => it.sandbox.account.ends.hang('codecommit', { times: 2, ms: 10_000 })],
  ['ECR fails', () => it.sandbox.account.ends.fail('ecr', { times: 7 })],
  ['ECR throttles', () => it.sandbox.account.ends.fail('ecr', { times: 7, status: 429 })],
  ['CodePipeline takes no answer', () => it.sandbox.account.ends.fail('codepipeline', { times: 7, operation: 'PutJobSuccessResult' })],
])('a deployment goes on when %s for a while', async (_what, goWrong) => {
  await deliverWith(goWrong);
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

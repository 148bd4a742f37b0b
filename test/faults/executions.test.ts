import { FaultShop, SETUP_MILLISECONDS, until } from './fault-shop';
import { TRAILER, trailersOf } from '../../src/delivery/deploy-handler/commit-message';

let it: FaultShop;

beforeAll(async () => { it = await FaultShop.start(); }, SETUP_MILLISECONDS);
afterEach(async () => {
  await it.clear();
  await it.refuseWaiting();
});
afterAll(async () => it?.stop('faults-executions'));

const NOBODY_ASKS = async (): Promise<boolean> => { throw new Error('A rollback asks nobody.'); };

/** Commits that went through, in their order. */
const delivered: string[] = [];

/** Two commits delivered one after the other, and a newer one that waits for its approval. */
async function threeCommits() {
  while (delivered.length < 2) {
    const commit = await it.push();
    expect((await it.follow(commit)).status).toBe('Succeeded');
    delivered.push(commit);
  }
  const [older, current] = delivered.slice(-2);
  const newer = await it.push();
  delivered.push(newer);
  return { older, current, newer, question: await it.question(newer) };
}

/** What was recorded for production, the oldest first: which digest, and by which execution. */
async function recorded(): Promise<{ digest: string; execution: string; putBack: boolean; deployment: string }[]> {
  const messages = (await it.history()).filter(message => /^(deploy|revert)\(shop\): production /.test(message)).reverse();
  return messages.map(trailersOf).map(trailers => ({
    digest: trailers[TRAILER.DIGEST],
    execution: trailers[TRAILER.EXECUTION],
    putBack: TRAILER.PUT_BACK in trailers,
    deployment: trailers[TRAILER.DEPLOYMENT],
  }));
}

/** What production was to run, the newest last. */
async function lastDigests(count: number): Promise<string[]> {
  return (await recorded()).slice(-count).map(({ digest }) => digest);
}

test('a rollback while a newer execution waits runs the older digest, and the newer one can still be approved', async () => {
  const { older, current, newer, question } = await threeCommits();
  const rollback = await it.desk.rollBack('production', await it.pipeline.executionOf(older));
  const outcome = await it.pipeline.follow(rollback, () => undefined, NOBODY_ASKS);
  expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
  expect(await it.shop.production.digest()).toBe(it.digestOf(older));
  expect(await it.shop.production.ready()).toEqual({ ready: 2, wanted: 2 });
  expect(await it.shop.staging.digest()).toBe(it.digestOf(newer));
  expect((await recorded()).at(-1)).toEqual(expect.objectContaining({ digest: it.digestOf(older), execution: rollback }));

  expect(await it.desk.question()).toEqual(question);
  expect((await it.follow(newer)).status).toBe('Succeeded');
  await it.expectDelivered(newer);
  expect(await lastDigests(3)).toEqual([current, older, newer].map(commit => it.digestOf(commit)));
});

test('a newer execution that is approved while a rollback runs comes after it', async () => {
  const { older, current, newer, question } = await threeCommits();
  const target = await it.pipeline.executionOf(older);
  const execution = await it.pipeline.executionOf(newer);
  const rollback = await it.desk.rollBack('production', target);
  await it.desk.answer(question, 'Approved', 'Looks good.');
  const outcomes = [
    await it.pipeline.follow(rollback, () => undefined, NOBODY_ASKS),
    await it.pipeline.follow(execution, () => undefined, NOBODY_ASKS),
  ];
  expect(outcomes.map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded']);
  await it.expectDelivered(newer);
  expect(await lastDigests(3)).toEqual([current, older, newer].map(commit => it.digestOf(commit)));
});

test.each(['staging', 'production'] as const)('a failed stage that is retried when the fault in %s is mended promotes once more, and goes on', async (environment) => {
  const namespace = `shop-${environment}`;
  const before = await it.shop[environment].digest();
  const commit = await it.push();
  const execution = await it.pipeline.executionOf(commit);
  breakWhenBuilt(execution, namespace);
  const failed = await it.follow(commit);
  expect(failed.status).toBe('Failed');
  expect(it.failures(failed)).toEqual([expect.stringMatching(/did not run: .*CrashLoopBackOff.*; now (staging|production) runs [0-9a-f:a-z]+ again\.$/)]);
  await until('what ran before runs', async () => await it.shop[environment].digest() === before ? undefined : 'it does not');

  it.sandbox.cluster.mendImage(it.digestOf(commit), namespace);
  expect(await it.desk.failedStages()).toContainEqual({ stage: environment, execution });
  await it.desk.retry({ stage: environment, execution });
  const outcome = await it.follow(commit);
  expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
  await it.expectDelivered(commit);

  const own = (await recorded()).filter(one => one.execution === execution);
  const digest = it.digestOf(commit);
  expect(own.map(one => [one.digest, one.putBack])).toEqual(environment === 'production' ? [[digest, false], [before, true], [digest, false]] : [[digest, false]]);
  expect(new Set(own.filter(({ putBack }) => !putBack).map(({ deployment }) => deployment)).size).toBe(environment === 'production' ? 2 : 1);
});

test('a build that failed is retried when the fault is mended, and its commit is promoted once', async () => {
  const commit = await it.push();
  const execution = await it.pipeline.executionOf(commit);
  it.sandbox.account.ends.fail('registry');
  expect((await it.follow(commit)).status).toBe('Failed');
  await it.clear();
  await it.desk.retry({ stage: 'build', execution });
  const outcome = await it.follow(commit);
  expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
  await it.expectDelivered(commit);
  expect((await recorded()).filter(one => one.execution === execution)).toHaveLength(1);
});

test('a retry after a newer commit came through is refused, and changes nothing', async () => {
  const older = await it.push();
  const execution = await it.pipeline.executionOf(older);
  breakWhenBuilt(execution, 'shop-production');
  expect((await it.follow(older)).status).toBe('Failed');
  it.sandbox.cluster.mendImage(it.digestOf(older), 'shop-production');
  const newer = await it.push();
  expect((await it.follow(newer)).status).toBe('Succeeded');
  await expect(it.desk.retry({ stage: 'production', execution })).rejects.toThrow(/not the latest/);
  await it.expectDelivered(newer);
});

/** The image that an execution builds will crash in one namespace. */
function breakWhenBuilt(executionId: string, namespace: string): void {
  const { delivery, cluster } = it.sandbox;
  delivery.on('change', function watch({ execution, action }) {
    if (execution.id !== executionId || action?.name !== 'Build' || action.status !== 'Succeeded') return;
    cluster.breakImage(action.variables.IMAGE_DIGEST, 'crash', namespace);
    delivery.off('change', watch);
  });
}

import { DeadLetters } from './dead-letters';
import { FaultShop, FUNCTIONS, SETUP_MILLISECONDS, until } from './fault-shop';
import { deployFile, NOTES } from './files-stack';
import { AppliedWatch } from '../../sandbox/scenario/promotions';

/** More calls than any handler makes for one job. */
const MANY_CALLS = 100;

let it: FaultShop;

beforeAll(async () => {
  // the deployment of the platform itself goes on from where its handlers were killed
  it = await FaultShop.start(({ account: { functions } }) => {
    functions.kill(FUNCTIONS.bootstrap, { afterMs: 1_500 });
    functions.kill(FUNCTIONS.repositoryFiles, { afterCalls: 3 });
    functions.timeOut(FUNCTIONS.deploy, { afterCalls: 2 });
  });
  expect(it.sandbox.account.functions.killed).toBe(3);
}, SETUP_MILLISECONDS);
afterEach(async () => it.clear());
afterAll(async () => it?.stop('faults-handlers'));

const functions = () => it.sandbox.account.functions;

test('the deploy function killed at any of its AWS calls promotes once and sees it through', async () => {
  for (let calls = 0; calls < MANY_CALLS; calls++) {
    const before = functions().killed;
    functions().kill(FUNCTIONS.deploy, { afterCalls: calls });
    const commit = await it.push();
    const outcome = await it.follow(commit, () => undefined, () => {
      functions().clear();
      functions().kill(FUNCTIONS.deploy, { afterCalls: calls });
    });
    functions().clear();
    expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
    await it.expectDelivered(commit);
    expect((await it.history()).filter(message => message.includes(`Source-Commit: ${commit}`))).toHaveLength(1);
    if (functions().killed === before) return; // it was through before that call
  }
  throw new Error(`The deploy function made ${MANY_CALLS} calls for one job.`);
}, 45 * 60_000);

test('the repository-files function killed at any of its AWS calls commits once and answers', async () => {
  for (let calls = 0; calls < MANY_CALLS; calls++) {
    const before = functions().killed;
    functions().kill(FUNCTIONS.repositoryFiles, { afterCalls: calls });
    const content = `killed after ${calls} calls`;
    await deployFile(it.sandbox, content);
    functions().clear();
    await it.infrastructure.pull();
    expect(await it.infrastructure.git(['show', `HEAD:${NOTES}`])).toBe(content);
    expect((await it.history()).filter(message => message === content)).toHaveLength(1);
    await it.expectNoneLost();
    if (functions().killed === before) return;
  }
  throw new Error(`The repository-files function made ${MANY_CALLS} calls for one file.`);
}, 10 * 60_000);

test('the reconcile function killed or out of time is tried again, and Flux has the commit', async () => {
  for (const spoil of [
    () => functions().kill(FUNCTIONS.reconcile, { afterMs: 50 }),
    () => functions().kill(FUNCTIONS.reconcile, { afterMs: 150 }),
    () => functions().timeOut(FUNCTIONS.reconcile, { afterMs: 100 }),
  ]) {
    const before = functions().killed;
    spoil();
    const commit = await it.personCommits();
    await new AppliedWatch(it.sandbox.cluster, 'shop-production').until(commit);
    expect(functions().killed).toBe(before + 1);
    await it.expectNoneLost();
  }
});

test('functions that are throttled get their turn', async () => {
  functions().throttle(FUNCTIONS.deploy, 3);
  functions().throttle(FUNCTIONS.reconcile, 3);
  functions().throttle(FUNCTIONS.repositoryFiles, 2);
  const commit = await it.push();
  expect((await it.follow(commit)).status).toBe('Succeeded');
  await it.expectDelivered(commit);
  await deployFile(it.sandbox, 'after throttling');
  await it.infrastructure.pull();
  expect(await it.infrastructure.git(['show', `HEAD:${NOTES}`])).toBe('after throttling');
});

test('the deploy function out of time goes on in its next try', async () => {
  functions().timeOut(FUNCTIONS.deploy, { afterCalls: 8 });
  const commit = await it.push();
  expect((await it.follow(commit)).status).toBe('Succeeded');
  await it.expectDelivered(commit);
});

test('an event that no try can handle lies in the queue whose messages the alarm counts', async () => {
  const letters = await DeadLetters.open(it.sandbox);
  expect(await letters.receive()).toEqual([]);
  for (let tries = 0; tries < 3; tries++) functions().kill(FUNCTIONS.reconcile, { afterMs: 1 });
  const commit = await it.personCommits();
  await until('the event is in the queue', async () => await letters.visible() === 1 ? undefined : 'it is empty');
  expect(await letters.receive()).toEqual([expect.objectContaining({ 'detail-type': 'CodeCommit Repository State Change', 'detail': expect.objectContaining({ commitId: commit }) })]);
  // and Flux has it by polling
  await new AppliedWatch(it.sandbox.cluster, 'shop-production').until(commit);
});

test('the bootstrap function killed while it removes Flux goes on where it was', async () => {
  const before = functions().killed;
  functions().kill(FUNCTIONS.bootstrap, { afterMs: 1_500 });
  await it.sandbox.account.destroy('FilesStack');
  await it.sandbox.account.destroy('ShopStack');
  expect(functions().killed).toBe(before + 1);
  const namespaces = await it.sandbox.cluster.kubectl(['get', 'namespaces', '--output=name']).catch(() => '');
  expect(namespaces).not.toMatch(/shop-|flux-system/);
});

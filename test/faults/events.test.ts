import { FaultShop, SETUP_MILLISECONDS } from './fault-shop';

let it: FaultShop;

beforeAll(async () => { it = await FaultShop.start(); }, SETUP_MILLISECONDS);
let before: number;
beforeEach(() => { before = it.sandbox.account.events.met; });
afterEach(async () => {
  await it.clear();
  expect(it.sandbox.account.events.met).toBeGreaterThan(before);
});
afterAll(async () => it?.stop('faults-events'));

test('events that come twice deliver a commit once', async () => {
  it.sandbox.account.events.duplicate();
  const commit = await it.push();
  await it.pipeline.executionOf(commit);
  await it.settle();
  await it.expectDelivered(commit);
});

test('events that come late delay a commit, and nothing else', async () => {
  it.sandbox.account.events.delay(3_000);
  const commit = await it.push();
  expect((await it.follow(commit)).status).toBe('Succeeded');
  await it.expectDelivered(commit);
});

test('events that change places leave the newer commit', async () => {
  it.sandbox.account.events.reorder();
  await it.push();
  const newer = await it.push();
  await it.pipeline.executionOf(newer);
  await it.settle();
  await it.expectDelivered(newer);
});

test('events that are lost on the way to the cluster are made up for by polling', async () => {
  const commit = await it.push();
  const outcome = it.follow(commit);
  await it.pipeline.executionOf(commit);
  it.sandbox.account.events.lose();
  expect((await outcome).status).toBe('Succeeded');
  await it.expectDelivered(commit);
});

test('a push whose event is lost goes out with the next one', async () => {
  it.sandbox.account.events.lose(1);
  const lost = await it.push();
  const next = await it.push();
  expect((await it.follow(next)).status).toBe('Succeeded');
  await it.expectDelivered(next);
  expect(await it.application.git(['log', '--format=%H', 'origin/main'])).toContain(lost);
});

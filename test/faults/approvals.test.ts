import { FaultShop, SETUP_MILLISECONDS, until } from './fault-shop';
import type { Question } from '../../sandbox/scenario/pipeline-desk';
import { WorkloadWatch } from '../walk/observe/workload-watch';

/** What CodePipeline says when nobody is asked any more. */
const OVER = /already/;

let it: FaultShop;
let watch: WorkloadWatch;
/** Digests that somebody approved for production. */
const approved = new Set<string>();

beforeAll(async () => {
  it = await FaultShop.start();
  watch = new WorkloadWatch(it.sandbox.cluster, 'shop');
  approved.add((await it.shop.production.digest())!);
}, SETUP_MILLISECONDS);
afterEach(async () => {
  await it.refuseWaiting();
  const ran = watch.sightings.filter(({ environment }) => environment === 'production');
  expect(ran.length).toBeGreaterThan(0);
  expect(ran.filter(({ digest }) => !approved.has(digest))).toEqual([]);
});
afterAll(async () => {
  watch?.end();
  await it?.stop('faults-approvals');
});

/** Says yes, and takes note of it before anything can follow from it. */
async function approve(commit: string, question: Question): Promise<void> {
  approved.add(it.digestOf(commit));
  await it.desk.answer(question, 'Approved', 'Looks good.');
}

async function promotions(commit: string): Promise<number> {
  return (await it.history()).filter(message => message.startsWith('deploy(shop): production ') && message.includes(`Source-Commit: ${commit}`)).length;
}

test('a rejection ends with the person\'s words, production stays as it was, and the next commit goes out', async () => {
  const before = await it.shop.production.digest();
  const commit = await it.push();
  const question = await it.question(commit);
  await it.desk.answer(question, 'Rejected', 'Not before the weekend: the sale is on.');
  const outcome = await it.follow(commit);
  expect(outcome.status).toBe('Failed');
  expect(it.failures(outcome)).toEqual(['Not before the weekend: the sale is on.']);

  await expect(it.desk.answer(question, 'Approved', 'After all.')).rejects.toThrow(OVER);
  expect(await it.shop.staging.digest()).toBe(it.digestOf(commit));
  expect(await it.shop.production.digest()).toBe(before);
  expect(await it.shop.production.ready()).toEqual({ ready: 2, wanted: 2 });
  expect(await promotions(commit)).toBe(0);

  const next = await it.push();
  await approve(next, await it.question(next));
  expect((await it.follow(next)).status).toBe('Succeeded');
  await it.expectDelivered(next);
});

test('an approval given late lets out what it was asked about, and neither what was overtaken meanwhile nor what waits', async () => {
  const late = await it.push();
  const question = await it.question(late);
  const overtaken = await it.push();
  await behind(overtaken);
  const newest = await it.push();
  await behind(newest);
  expect((await it.follow(overtaken, undefined, () => { throw new Error('It was asked about.'); })).status).toBe('Superseded');

  await approve(late, question);
  expect((await it.follow(late)).status).toBe('Succeeded');
  expect(await it.shop.production.digest()).toBe(it.digestOf(late));

  const asked = await it.question(newest);
  await expect(it.desk.answer(question, 'Approved', 'Looks good.')).rejects.toThrow(OVER); // out of date, and no answer about the newest
  expect(await it.desk.question()).toEqual(asked);
  await approve(newest, asked);
  expect((await it.follow(newest)).status).toBe('Succeeded');
  await it.expectDelivered(newest);
  expect([await promotions(late), await promotions(overtaken), await promotions(newest)]).toEqual([1, 0, 1]);
});

test('of two approvals at once one is taken, and the commit is promoted once', async () => {
  const commit = await it.push();
  const question = await it.question(commit);
  const answers = await Promise.allSettled([approve(commit, question), approve(commit, question)]);
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const [refused] = answers.filter(answer => answer.status === 'rejected');
  expect(refused.reason.message).toMatch(OVER);
  expect((await it.follow(commit)).status).toBe('Succeeded');
  await it.expectDelivered(commit);
  expect(await promotions(commit)).toBe(1);
});

test('a rejection after an approval is refused, while the commit goes out and when it is there', async () => {
  const commit = await it.push();
  const question = await it.question(commit);
  await approve(commit, question);
  await expect(it.desk.answer(question, 'Rejected', 'Rather not.')).rejects.toThrow(OVER);
  expect((await it.follow(commit)).status).toBe('Succeeded');
  await expect(it.desk.answer(question, 'Rejected', 'Rather not.')).rejects.toThrow(OVER);
  await it.expectDelivered(commit);
  expect(await promotions(commit)).toBe(1);
});

/** Waits until a commit's execution is the one that waits behind whoever is asked. */
async function behind(commit: string): Promise<void> {
  const execution = await it.pipeline.executionOf(commit);
  await until(`${commit.slice(0, 8)} waits`, async () => {
    const question = await it.desk.question();
    return question?.behind === execution ? undefined : `${question?.behind ?? 'nothing'} waits behind ${question?.execution}`;
  });
}

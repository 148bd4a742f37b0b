import { digest, World } from './world';

const A = digest('a');
const B = digest('b');
const C = digest('c');

/** An environment that runs A and is asked for others: Lambda may bring the event of each job once more, however late. */
async function world(promotion: 'commit' | 'tag'): Promise<World> {
  const it = new World();
  [A, B, C].forEach((image) => it.ecr.images.add(image));
  it.promotion = promotion;
  await it.act({ ...it.parameters(A, 'execution-0'), tag: 'build-20261124115800-00000000', commit: '0'.repeat(40) }, { job: 'first' });
  await it.pass(60_000);
  return it;
}

/** Every event of an action comes once more. */
async function repeat(it: World, job: string, image: string): Promise<void> {
  const answered = it.answers.filter(({ jobId }) => jobId.startsWith(`${job}-`));
  for (const [turn, { jobId }] of answered.entries()) {
    await it.invoke({ jobId, parameters: it.parameters(image), token: turn > 0 ? answered[turn - 1].token : undefined });
    await it.pass(5_000);
  }
  expect(it.answers.filter(({ jobId }) => jobId.startsWith(`${job}-`))).toEqual(answered);
}

const record = (it: World) => [it.overlayDigest, it.cluster.running, it.history.length, it.ecr.of('production').length];

describe.each(['commit', 'tag'] as const)('by %s, the events of a deployment that come once more change nothing', (promotion) => {
  test.each<[string, (it: World) => Promise<unknown>, string]>([
    ['after it succeeded', async (it) => it.act(it.parameters(B)), B],
    ['after it was put back', async (it) => {
      it.behaviours[B] = 'crashes';
      await it.act(it.parameters(B));
    }, A],
    ['after a newer deployment', async (it) => {
      await it.act(it.parameters(B));
      await it.act({ ...it.parameters(C, 'execution-2'), tag: 'build-20261124120500-cccccccc', commit: 'c'.repeat(40) }, { job: 'newer' });
    }, C],
    ['after it was put back, and the stage run again with success', async (it) => {
      it.behaviours[B] = 'crashes';
      await it.act(it.parameters(B));
      delete it.behaviours[B];
      expect(await it.act(it.parameters(B), { job: 'again' })).toMatchObject({ failed: undefined });
    }, B],
    ['after the environment was on it already, and a newer deployment', async (it) => {
      await it.act(it.parameters(B), { job: 'earlier' });
      await it.act(it.parameters(B));
      await it.act({ ...it.parameters(C, 'execution-2'), tag: 'build-20261124120500-cccccccc', commit: 'c'.repeat(40) }, { job: 'newer' });
    }, C],
  ])('%s', async (_when, deploy, runs) => {
    const it = await world(promotion);
    await deploy(it);
    const before = record(it);
    expect(before.slice(0, 2)).toEqual([runs, runs]);
    await repeat(it, 'job', B);
    await it.pass(60_000);
    expect(record(it)).toEqual(before);
  });

  test('a stage that is run again promotes again, wherever that is killed', async () => {
    const again = async (call?: number, after = true) => {
      const it = await world(promotion);
      await it.act(it.parameters(B));
      await it.act({ ...it.parameters(C, 'execution-2'), tag: 'build-20261124120500-cccccccc', commit: 'c'.repeat(40) }, { job: 'newer' });
      const before = it.calls.length;
      const { failed } = await it.act(it.parameters(B), { job: 'again', kills: call ? [{ call, after }] : [] });
      expect([failed, it.overlayDigest, it.cluster.running]).toEqual([undefined, B, B]);
      expect(it.ecr.of('production').map((tag) => tag.digest)).toEqual([A, B, C, B]);
      return it.calls.slice(before).map((calls) => calls.length);
    };
    const [calls] = await again();
    for (let call = 1; call <= calls; call++) {
      await again(call, false);
      await again(call);
    }
  });
});

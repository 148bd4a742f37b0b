import * as fc from 'fast-check';
import { digest, Kill, World } from './world';

const A = digest('a');
const B = digest('b');
const C = digest('c');

async function world(promotion: 'commit' | 'tag', good: boolean): Promise<World> {
  const it = new World();
  [A, B, C].forEach((image) => it.ecr.images.add(image));
  it.promotion = promotion;
  await it.act({ ...it.parameters(A, 'execution-0'), tag: 'build-20261124115800-00000000', commit: '0'.repeat(40) }, { job: 'first' });
  await it.pass(60_000);
  if (!good) { it.behaviours[B] = 'crashes'; }
  return it;
}

const promotions = (it: World) => it.history.filter((message) => message.startsWith('deploy(shop)') && message.includes(`Digest: ${B}\n`)).length;
const putBacks = (it: World) => it.history.filter((message) => message.startsWith('revert(shop)')).length;

async function expectOutcome(it: World, good: boolean, result: { failed?: string }) {
  const end = good ? B : A;
  expect(result.failed ?? 'succeeded').toMatch(good ? /^succeeded$/ : /crashes again and again .*; now production runs sha256:aaaaaaaaaaaa again\.$/);
  expect([it.overlayDigest, it.cluster.running]).toEqual([end, end]);
  if (it.promotion === 'commit') {
    expect([promotions(it), putBacks(it)]).toEqual([1, good ? 0 : 1]);
    expect(it.history.filter((message) => message.includes(`Previous-Digest: ${B}`))).toEqual([]);
    expect(it.ecr.of('production').map((tag) => tag.digest)).toEqual([A, B]);
  } else {
    expect(it.ecr.of('production').map((tag) => tag.digest)).toEqual(good ? [A, B] : [A, B, A]);
  }
  expect(it.cluster.rollouts).toEqual(good ? [A, B] : [A, B, A]);
}

describe.each(['commit', 'tag'] as const)('by %s', (promotion) => {
  test.each([true, false])('ends the same wherever one invocation is killed (image good: %s)', async (good) => {
    const undisturbed = await world(promotion, good);
    const before = undisturbed.calls.length;
    await expectOutcome(undisturbed, good, await undisturbed.act(undisturbed.parameters(B)));
    const calls = undisturbed.calls.slice(before).map((invocation) => invocation.length);
    // every call of the first invocation, in which all that has to happen once may happen
    for (let call = 1; call <= calls[0]; call++) {
      for (const after of [false, true]) {
        const it = await world(promotion, good);
        await expectOutcome(it, good, await it.act(it.parameters(B), { kills: [{ call, after }] }));
      }
    }
  });

  test('ends the same however often invocations are killed', async () => {
    const kill: fc.Arbitrary<Kill> = fc.record({ call: fc.integer({ min: 1, max: 40 }), after: fc.boolean() });
    await fc.assert(fc.asyncProperty(fc.boolean(), fc.array(kill, { minLength: 1, maxLength: 6 }), async (good, kills) => {
      const it = await world(promotion, good);
      await expectOutcome(it, good, await it.act(it.parameters(B), { kills }));
    }), { numRuns: 60 });
  });
});

test('never overwrites a person\'s newer change, whenever that comes and whatever is killed', async () => {
  const kill: fc.Arbitrary<Kill> = fc.record({ call: fc.integer({ min: 1, max: 60 }), after: fc.boolean() });
  await fc.assert(fc.asyncProperty(fc.boolean(), fc.integer({ min: 250, max: 40_000 }), fc.array(kill, { maxLength: 4 }), async (good, at, kills) => {
    const it = await world('commit', good);
    let pushed = false;
    it.events.push({ at: it.now + at, happen: () => { pushed = true; it.setDigest(C); } });
    await it.act(it.parameters(B), { kills });
    const promoted = it.history.findIndex((message) => message.startsWith('deploy(shop)') && message.includes(`Digest: ${B}\n`));
    const person = it.history.indexOf('a person\'s');
    expect(promotions(it)).toBe(1);
    // a change from before the promotion is what the promotion was asked to replace
    if (pushed && person > promoted) { expect(it.overlayDigest).toBe(C); }
  }), { numRuns: 100 });
});

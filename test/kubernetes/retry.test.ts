import { ManualClock } from './manual-clock';
import { retry } from '../../src/kubernetes/retry';

test('tries again after the pauses, and then gives the last error', async () => {
  const clock = new ManualClock(0);
  const at: number[] = [];
  await expect(retry(async () => {
    at.push(clock.now());
    throw new Error(`try ${at.length}`);
  }, { pauses: [1, 10], isTransient: () => true, clock })).rejects.toThrow('try 3');
  expect(at).toEqual([0, 1, 11]);
});

test('an error that is not transient is final', async () => {
  let tries = 0;
  await expect(retry(async () => { throw new Error(`try ${++tries}`); }, { pauses: [1], isTransient: () => false, clock: new ManualClock() })).rejects.toThrow('try 1');
});

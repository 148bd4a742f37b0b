import * as fc from 'fast-check';
import type { End } from '../../../sandbox/account/faults/ends';
import type { Choice } from '../step';

const anyEnd = fc.constantFrom<End>('git', 'registry', 'codecommit', 'ecr');

const anyStatus = fc.constantFrom(429, 500, 503);

const fail: Choice = {
  weight: 3,
  arbitrary: fc.record({ end: anyEnd, times: fc.integer({ min: 1, max: 3 }), status: anyStatus }).map(({ end, times, status }) => ({
    name: `let ${end} answer ${status} to ${times} requests`,
    run: async (world) => {
      world.sandbox.account.ends.fail(end, { times, status });
      world.count(`${end} answering ${status}`);
      return 'from now on';
    },
  })),
};

const hang: Choice = {
  weight: 2,
  arbitrary: fc.record({ end: anyEnd, seconds: fc.integer({ min: 1, max: 8 }) }).map(({ end, seconds }) => ({
    name: `let ${end} hang for ${seconds} s`,
    run: async (world) => {
      world.sandbox.account.ends.hang(end, { times: 1, ms: seconds * 1000 });
      world.count(`${end} hanging`);
      return 'from now on';
    },
  })),
};

/** What may become of the services that everything else needs */
export const END_FAULTS: Choice[] = [fail, hang];

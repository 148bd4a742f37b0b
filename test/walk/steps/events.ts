import * as fc from 'fast-check';
import type { EventFaults } from '../../../sandbox/account/faults/events';
import type { Choice } from '../step';

const lose = fault('lost', fc.integer({ min: 1, max: 2 }), (count) => `lose ${count}`, (events, count) => events.lose(count));
const duplicate = fault('duplicated', fc.integer({ min: 1, max: 4 }), (count) => `duplicate ${count}`, (events, count) => events.duplicate(count));
const delay = fault('delayed', fc.integer({ min: 1, max: 10 }), (seconds) => `delay 2 by ${seconds} s`, (events, seconds) => events.delay(seconds * 1000, 2));
const reorder = fault('reordered', fc.constantFrom(2, 4), (count) => `reorder ${count}`, (events, count) => events.reorder(count));

/** What may become of events on their way */
export const EVENTS: Choice[] = [lose, duplicate, delay, reorder];

type Ask = (events: EventFaults, parameter: number) => void;

function fault(what: string, parameter: fc.Arbitrary<number>, name: (parameter: number) => string, ask: Ask): Choice {
  return {
    weight: 2,
    arbitrary: parameter.map((value) => ({
      name: `${name(value)} events`,
      run: async (world) => {
        ask(world.sandbox.account.events, value);
        world.count(`events ${what}`);
        return 'from now on';
      },
    })),
  };
}

import * as fc from 'fast-check';
import type { Choice } from '../step';

/** How the logical ids of the two functions begin that work while nothing is deployed. */
const FUNCTIONS = { deploy: 'ShopPlatformDeployer', reconcile: 'ShopPlatformReconcileTrigger' } as const;

const ENOUGH = 'it died often enough until the next rest';

/** Mostly the deploy function, which has something to lose. */
const anyFunction = fc.constantFrom('deploy' as const, 'deploy' as const, 'reconcile' as const);

const kill: Choice = {
  weight: 3,
  arbitrary: fc.record({ name: anyFunction, afterCalls: fc.integer({ min: 1, max: 12 }) }).map(({ name, afterCalls }) => ({
    name: `kill the ${name} function at its AWS call ${afterCalls}`,
    run: async (world) => {
      if (!world.mayDie(name)) return ENOUGH;
      world.sandbox.account.functions.kill(FUNCTIONS[name], { afterCalls });
      world.count('functions to be killed');
      return 'from now on';
    },
  })),
};

const timeOut: Choice = {
  weight: 2,
  arbitrary: fc.record({ name: anyFunction, afterCalls: fc.integer({ min: 1, max: 12 }) }).map(({ name, afterCalls }) => ({
    name: `let the ${name} function's time be over at its AWS call ${afterCalls}`,
    run: async (world) => {
      if (!world.mayDie(name)) return ENOUGH;
      world.sandbox.account.functions.timeOut(FUNCTIONS[name], { afterCalls });
      world.count('functions to be timed out');
      return 'from now on';
    },
  })),
};

const throttle: Choice = {
  weight: 2,
  arbitrary: fc.record({ name: anyFunction, times: fc.integer({ min: 1, max: 2 }) }).map(({ name, times }) => ({
    name: `throttle the ${name} function ${times} times`,
    run: async (world) => {
      world.sandbox.account.functions.throttle(FUNCTIONS[name], times);
      world.count('functions throttled');
      return 'from now on';
    },
  })),
};

/** What may become of functions */
export const FUNCTION_FAULTS: Choice[] = [kill, timeOut, throttle];

import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Choice } from '../step';

const redeploy: Choice = {
  weight: 1,
  arbitrary: fc.constant({
    name: 'deploy the same template again',
    run: async (world) => {
      await world.sandbox.account.deploy(join(world.sandbox.dir, 'assembly'));
      world.count('deployments of the same template');
      return 'nothing to update';
    },
  }),
};

/** What whoever owns the stack does */
export const TEMPLATE: Choice[] = [redeploy];

import * as fc from 'fast-check';
import { isOver } from '../../../sandbox/delivery/pipeline/execution';
import { deployVariant } from '../../faults/shop-variant';
import type { Choice } from '../step';
import type { World } from '../world';

const CART = 'shop-cart';

/**
 * One after the other: an application comes, goes when it has delivered itself, and from then on nothing changes
 *
 * It does not come again, since its repositories outlive it.
 */
async function changeTheStack(world: World): Promise<string> {
  const { account, delivery } = world.sandbox;
  // without CodeCommit, CloudFormation would take the change back
  account.ends.clear();
  const cart = delivery.pipelines.get(CART);
  if (cart && !cart.executions.every(isOver)) return 'the application that came still delivers itself';
  const phase = world.phases.shift() ?? 'nothing to update';
  await deployVariant(world.sandbox, { cart: phase === 'an application comes' });
  world.count(`changes of the stack: ${phase}`);
  return phase;
}

const update: Choice = {
  weight: 1,
  arbitrary: fc.constant({ name: 'deploy the stack', run: changeTheStack }),
};

/** What whoever owns the stack does */
export const TEMPLATE: Choice[] = [update];

import type * as fc from 'fast-check';
import type { World } from './world';

/** One thing that happens to the shop */
export interface Step {
  /** What happens, with its parameters. */
  readonly name: string;
  /** Does it and says in a few words what came of it; it does not wait for what follows from it. */
  run(world: World): Promise<string>;
}

/** A kind of step, and how often it comes */
export interface Choice {
  /** Against those of the others. */
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Step>;
}

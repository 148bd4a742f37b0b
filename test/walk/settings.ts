/** How long a walk is, and which */
export interface Settings {
  readonly steps: number;
  readonly seed: number;
}

const STEPS = 200;

/** Always the same, so that a failure can be repeated; a walk of one's own is a matter of one variable. */
const SEED = 20_261_124;

/** Steps from one rest to the next. */
export const STEPS_BETWEEN_RESTS = 25;

/** Reads `WALK_STEPS` and `WALK_SEED`; a walk longer than usual tells each step. */
export function settings(environment: Record<string, string | undefined> = process.env): Settings & { readonly isLong: boolean } {
  const steps = number(environment, 'WALK_STEPS', STEPS, 1);
  return { steps, seed: number(environment, 'WALK_SEED', SEED, -(2 ** 31)), isLong: steps > STEPS };
}

function number(environment: Record<string, string | undefined>, name: string, otherwise: number, min: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > 2 ** 31 - 1) {
    throw new Error(`${name} is ${JSON.stringify(text)}, and has to be a whole number from ${min} to ${2 ** 31 - 1}.`);
  }
  return value;
}

import * as fc from 'fast-check';
import type { Settings } from './settings';
import type { Choice, Step } from './step';
import { APPROVALS } from './steps/approvals';
import { CLUSTER } from './steps/cluster';
import { END_FAULTS } from './steps/ends';
import { EVENTS } from './steps/events';
import { FUNCTION_FAULTS } from './steps/functions';
import { INFRASTRUCTURE_COMMITS } from './steps/infrastructure-commits';
import { PUSHES } from './steps/pushes';
import { STAGES } from './steps/stages';
import { TEMPLATE } from './steps/template';

const CHOICES: Choice[] = [
  ...PUSHES, ...APPROVALS, ...STAGES, ...INFRASTRUCTURE_COMMITS, ...TEMPLATE,
  ...EVENTS, ...FUNCTION_FAULTS, ...END_FAULTS, ...CLUSTER,
];

/** Mostly shorter than what a step sets in motion, so that steps meet */
const MOST_PAUSE_MS = 3_000;

/** A step and how long nothing else is done after it */
export interface PlannedStep {
  readonly step: Step;
  readonly pause: number;
}

/**
 * The steps of a walk: the same ones for the same seed, and a shorter walk is the beginning of a longer one
 *
 * They are a sample and no property, since a walk of minutes cannot be shrunk by running it again and again. What a
 * failing walk tells instead is its seed, its steps with what came of each, and how much of it to repeat.
 */
export function plan({ steps, seed }: Settings): PlannedStep[] {
  const step = fc.oneof(...CHOICES);
  return fc.sample(fc.record({ step, pause: fc.nat({ max: MOST_PAUSE_MS }) }), { numRuns: steps, seed });
}

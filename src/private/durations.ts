import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { InvalidPropError } from './invalid-prop';

/** What a duration may be, and how the service counts it. */
export interface DurationRule {
  readonly unit: 'seconds' | 'minutes';
  readonly min: Duration;
  readonly max: Duration;
}

const MILLISECONDS = { seconds: 1000, minutes: 60_000 };

/** Returns the duration when the service takes it as it is, without rounding. */
export function requireDuration(scope: IConstruct, prop: string, duration: Duration, { unit, min, max }: DurationRule): Duration {
  const allowed = `it takes ${min.toHumanString()} to ${max.toHumanString()} in whole ${unit}`;
  if (duration.isUnresolved()) {
    throw new InvalidPropError(scope, { prop, value: 'a token', allowed, advice: 'Pass the duration itself, not a parameter.' });
  }
  const milliseconds = duration.toMilliseconds({ integral: false });
  if (milliseconds < min.toMilliseconds() || milliseconds > max.toMilliseconds() || milliseconds % MILLISECONDS[unit] !== 0) {
    throw new InvalidPropError(scope, { prop, value: duration.toHumanString(), allowed, advice: 'Choose a value in between.' });
  }
  return duration;
}

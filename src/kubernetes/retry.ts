/** The clock, so that tests need not wait. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export interface RetryOptions {
  /** How long to wait before each further try; as many tries as pauses, and one. */
  readonly pauses: number[];
  readonly isTransient: (error: unknown) => boolean;
  readonly clock?: Clock;
}

/** Tries again after transient errors; the last error is the caller's. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { pauses, isTransient, clock = systemClock } = options;
  for (const pause of pauses) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error)) {
        throw error;
      }
      await clock.sleep(pause);
    }
  }
  return attempt();
}

import { KubernetesError, KubernetesUnreachable } from '../../kubernetes/kubernetes-api';
import type { Clock } from '../../kubernetes/retry';

/** The function's time is nearly over; the work goes on in a further invocation. */
export class Interrupted extends Error {
  constructor(readonly waitingFor: string) {
    super(`Still waiting for ${waitingFor}`);
  }
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly everyMs?: number;
  /** Gives up then, even while it moves. */
  readonly endAt?: number;
}

/** Gives what is still missing, or nothing when all is there. */
export type Probe = () => Promise<string | undefined>;

/** Kubernetes tells about a change by watches or by being asked; being asked survives everything. */
const EVERY_MS = 1_000;

/** Waits by asking, and gives way before the function's time is over. */
export class Waiting {
  /** @param interruptAt when to give way, in the clock's milliseconds */
  constructor(readonly clock: Clock, private readonly interruptAt: number) {}

  /** Gives nothing once the probe is satisfied, otherwise what was missing at the end. */
  async until(probe: Probe, options: WaitOptions): Promise<string | undefined> {
    const end = this.clock.now() + options.timeoutMs;
    for (;;) {
      const missing = await tolerant(probe);
      if (missing === undefined || this.clock.now() >= end) {
        return missing;
      }
      await this.pause(options.everyMs ?? EVERY_MS, missing);
    }
  }

  /** As `until`, but gives up only when what is missing has not changed for that long. */
  async whileMoving(probe: Probe, options: WaitOptions): Promise<string | undefined> {
    let last: string | undefined;
    let movedAt = this.clock.now();
    for (;;) {
      const missing = await tolerant(probe);
      if (missing !== last) {
        last = missing;
        movedAt = this.clock.now();
      }
      const now = this.clock.now();
      if (missing === undefined || now - movedAt >= options.timeoutMs || now >= (options.endAt ?? Infinity)) {
        return missing;
      }
      await this.pause(options.everyMs ?? EVERY_MS, missing);
    }
  }

  private async pause(milliseconds: number, missing: string): Promise<void> {
    if (this.clock.now() + milliseconds >= this.interruptAt) {
      throw new Interrupted(missing);
    }
    await this.clock.sleep(milliseconds);
  }
}

/** An API server that is away for a moment, as EKS's is while it is scaled, is something to wait for. */
async function tolerant(probe: Probe): Promise<string | undefined> {
  try {
    return await probe();
  } catch (error) {
    if (error instanceof KubernetesUnreachable || (error instanceof KubernetesError && (error.code >= 500 || error.code === 429))) {
      return error.message;
    }
    throw error;
  }
}

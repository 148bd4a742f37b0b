import { Held } from './state';

/** Something that keeps a rollout from being complete. */
export interface Finding {
  /** One clause, in the cluster's words where it has some. */
  readonly reason: string;
  /**
   * Seconds after which it is a failure when it does not go away; 0 is at once.
   * Absent for what is only not there yet.
   */
  readonly fatalAfter?: number;
  /** What makes it the same as one seen before, where the reason's words change. */
  readonly key?: string;
}

/** What one look at the cluster tells. */
export interface Verdict {
  /** None when the rollout is complete. */
  readonly findings: Finding[];
  /** Seconds that a complete rollout must last before it is believed. */
  readonly settle: number;
}

export type Decision =
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** `complete` where it only has to last. */
  | { readonly kind: 'pending'; readonly reason: string; readonly complete: boolean };

/** Signs come and go while Flux or the kubelet tries again; one that is away for shorter than this has not gone. */
const FLICKER = 5_000;

/** Weighs a look against what was seen before. */
export function decide(verdict: Verdict, held: Held | undefined, now: number): { decision: Decision; held?: Held } {
  const { findings, settle } = verdict;
  if (findings.length === 0) {
    const lasting = hold(held, 'complete', now);
    return now - lasting.since >= settle * 1000
      ? { decision: { kind: 'complete' }, held: lasting }
      : { decision: pending(`complete, and watched for ${settle} seconds since it has no readiness probe`, true), held: lasting };
  }
  const [worst] = findings.filter((finding) => finding.fatalAfter !== undefined).sort((a, b) => a.fatalAfter! - b.fatalAfter!);
  if (!worst) {
    return { decision: pending(reasons(findings)), held: absent(held, now) };
  }
  const lasting = hold(held, worst.key ?? worst.reason.slice(0, 80), now);
  return now - lasting.since >= worst.fatalAfter! * 1000
    ? { decision: { kind: 'failed', reason: worst.reason }, held: lasting }
    : { decision: pending(worst.reason), held: lasting };
}

function pending(reason: string, complete = false): Decision {
  return { kind: 'pending', reason, complete };
}

function hold(held: Held | undefined, key: string, now: number): Held {
  return held?.key === key ? { key, since: held.since } : { key, since: now };
}

function absent(held: Held | undefined, now: number): Held | undefined {
  // success has no patience: a rollout that is no longer complete starts anew
  if (!held || held.key === 'complete') { return undefined; }
  const absentSince = held.absentSince ?? now;
  return now - absentSince < FLICKER ? { ...held, absentSince } : undefined;
}

function reasons(findings: Finding[]): string {
  const shown = findings.slice(0, 3).map(({ reason }) => reason).join('; ');
  return findings.length > 3 ? `${shown}; and ${findings.length - 3} more` : shown;
}

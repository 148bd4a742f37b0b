/** Median, and the slowest of twenty, of some seconds */
export interface Distribution {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export function distribution(seconds: number[]): Distribution {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  return { count: sorted.length, median: at(0.5), p95: at(0.95), max: sorted[sorted.length - 1] };
}

/** What a run measured */
export interface Figures {
  /** Seconds until the sandbox was up, with the programs built. */
  readonly startSeconds: number;
  /** Seconds for the deployment of the template. */
  readonly deploySeconds: number;
  /** Seconds of the deploy action: promotion recorded, applied and rolled out. */
  readonly promotionToRolledOut: { readonly byCommit: number; readonly byTag: number };
  /** Seconds from a commit in the infrastructure repository to the cluster having applied it. */
  readonly promotionToApplied: { readonly byEvent: Distribution; readonly byPolling: Distribution };
  readonly awsCalls: number;
  readonly peakMemoryBytes: number;
  readonly nodes: string;
  readonly totalSeconds: number;
}

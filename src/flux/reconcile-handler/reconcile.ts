import { randomInt } from 'crypto';
import type { CommitTarget, ReconcileTarget, TagTarget } from './event-target';
import { FluxStatus, fluxStatus } from './flux-status';
import { describe, KubernetesApi, KubernetesError } from '../../kubernetes/kubernetes-api';
import { Clock, systemClock } from '../../kubernetes/retry';

export type ReconcileOutcome =
  /** Flux has read what the event is about. */
  | 'reconciled'
  /** Flux, or this object of it, is not there yet; its first reconcile reads the newest state anyway. */
  | 'absent'
  /** A person told Flux to leave this object alone. */
  | 'suspended';

export interface ReconcileOptions {
  readonly api: Pick<KubernetesApi, 'annotate' | 'get'>;
  readonly clock?: Clock;
  /** How long to ask before giving up, in milliseconds. @default 25000 */
  readonly patience?: number;
}

const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';
/** Time enough for a fetch or a scan; a request that failed is lost, so it is made again after this. */
const ASK_AGAIN_MS = 4_000;
const FIRST_LOOK_MS = 200;
const LAST_LOOK_MS = 1_000;
/**
 * How many requests Flux must have handled before its revision counts although it is the one from before the
 * event: by then it is no stale read, but a branch that was put back since.
 */
const HANDLED_BEFORE_OLD_COUNTS = 3;

/** Asks Flux to reconcile now, and again until it shows that it did; throws when it does not. */
export async function reconcile(target: ReconcileTarget, options: ReconcileOptions): Promise<ReconcileOutcome> {
  const { api, clock = systemClock, patience = 25_000 } = options;
  const deadline = clock.now() + patience;
  const progress = new Progress(target);
  let reason = 'it has not answered yet';
  let askAt = -Infinity;
  let look = FIRST_LOOK_MS;

  for (;;) {
    try {
      const asking = clock.now() >= askAt;
      const object = asking
        ? await api.annotate(target.ref, { [REQUESTED_AT]: progress.request(clock.now()) })
        : await api.get(target.ref);
      if (asking) {
        askAt = clock.now() + ASK_AGAIN_MS;
        look = FIRST_LOOK_MS;
      }
      if (!object) { return 'absent'; }
      const status = fluxStatus(object);
      if (status.suspended) { return 'suspended'; }
      if (progress.isDone(status)) { return 'reconciled'; }
      reason = status.message ?? progress.waitingFor(status);
    } catch (error) {
      if (error instanceof KubernetesError && error.code === 404) { return 'absent'; }
      reason = error instanceof Error ? error.message : String(error);
    }
    if (clock.now() + look > deadline) {
      throw new Error(`${describe(target.ref)} did not reconcile within ${patience / 1000} s: ${reason}`);
    }
    await clock.sleep(look);
    look = Math.min(LAST_LOOK_MS, look * 1.5);
  }
}

/** Judges what Flux shows against what was asked for. */
class Progress {
  private readonly requests = new Set<string>();
  private readonly handled = new Set<string>();
  private baseline?: { scanTime?: string };

  constructor(private readonly target: ReconcileTarget) {}

  /** A new value each time, also when two functions ask in the same millisecond: Flux acts on a change only. */
  request(now: number): string {
    const value = new Date(now).toISOString().replace('Z', `${String(randomInt(1_000_000)).padStart(6, '0')}Z`);
    this.requests.add(value);
    return value;
  }

  isDone(status: FluxStatus): boolean {
    this.baseline ??= { scanTime: status.scanTime };
    const mine = status.handledRequest !== undefined && this.requests.has(status.handledRequest);
    if (mine && status.ready) { this.handled.add(status.handledRequest!); }
    return this.target.type === 'commit' ? this.hasCommit(this.target, status, mine) : this.hasTag(this.target, status, mine);
  }

  waitingFor(status: FluxStatus): string {
    return this.target.type === 'commit'
      ? `its revision is ${status.revision ?? 'none'}, not ${this.target.commitId} or a later one`
      : `its last scan was at ${status.scanTime ?? 'no time'}, before tag ${this.target.tag}`;
  }

  /** That commit, or what a fetch after the event found: a commit that came later. */
  private hasCommit({ commitId, oldCommitId }: CommitTarget, { revision, ready }: FluxStatus, mine: boolean): boolean {
    if (revision?.endsWith(commitId)) { return true; }
    const old = oldCommitId !== undefined && revision?.endsWith(oldCommitId) === true;
    return mine && ready && revision !== undefined && (!old || this.handled.size >= HANDLED_BEFORE_OLD_COUNTS);
  }

  /**
   * That tag among the few that are shown, or a scan that began after the event. Whether a request was handled
   * does not tell: a failed scan counts as handled. Scan times are whole seconds of another clock, so a
   * change of it is what counts.
   */
  private hasTag({ tag }: TagTarget, { latestTags, scanTime, ready }: FluxStatus, mine: boolean): boolean {
    return latestTags.includes(tag) || (mine && ready && scanTime !== undefined && scanTime !== this.baseline?.scanTime);
  }
}

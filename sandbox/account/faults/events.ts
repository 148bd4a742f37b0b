import { setTimeout as sleep } from 'node:timers/promises';

/** What is known of an event before EventBridge has it */
interface Event { readonly source: string; readonly detail: any }

type Deliver = () => Promise<void>;

/** One thing that happens to the next events */
interface Fault { readonly kind: 'lose' | 'duplicate' | 'delay' | 'reorder'; readonly milliseconds: number; left: number }

/** An event that waits */
interface Waiting { readonly deliver: Deliver; readonly timer: NodeJS.Timeout }

/** The services whose events come at best effort: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event.html */
const BEST_EFFORT = ['aws.codecommit', 'aws.ecr'];

/** The first of two events mostly waits at most this long for the second one. */
const PAIR_MILLISECONDS = 5_000;

/** EventBridge calls targets beside each other, so what is to come later is sent this much later. */
const APART_MILLISECONDS = 1_000;

/** What may happen to events of CodeCommit and ECR on their way to EventBridge: nothing, unless it is asked for */
export class EventFaults {
  private faults: Fault[] = [];
  private done = 0;
  private readonly waiting = new Set<Waiting>();
  /** The first of two that are to change places, by what they are about. */
  private readonly pairs = new Map<string, Waiting>();

  constructor(private readonly onProgress: (line: string) => void = () => undefined) {}

  /** How many events something happened to. */
  public get met(): number { return this.done; }

  /** The next events never arrive. */
  public lose(count = Infinity): void {
    this.add('lose', count);
  }

  /** The next events arrive at once, and again after a while. */
  public duplicate(count = Infinity, afterMilliseconds = 500): void {
    this.add('duplicate', count, afterMilliseconds);
  }

  /** The next events arrive later. */
  public delay(milliseconds: number, count = Infinity): void {
    this.add('delay', count, milliseconds);
  }

  /** Of the next events, each two about the same repository change places. */
  public reorder(count = Infinity, withinMilliseconds = PAIR_MILLISECONDS): void {
    this.add('reorder', count, withinMilliseconds);
  }

  /** Back to normal; what waits is delivered now. */
  public async clear(): Promise<void> {
    this.faults = [];
    await Promise.all([...this.waiting].map(async waiting => this.release(waiting)));
  }

  /** Delivers an event as the faults will have it. */
  public async pass(event: Event, deliver: Deliver): Promise<void> {
    const faults = BEST_EFFORT.includes(event.source) ? this.faults.filter(({ left }) => left > 0) : [];
    for (const fault of faults) fault.left--;
    if (faults.length > 0) this.done++;
    const of = (kind: Fault['kind']) => faults.filter(fault => fault.kind === kind);
    if (of('lose').length > 0) return;
    const delay = of('delay').reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    for (const { milliseconds } of of('duplicate')) this.later(deliver, delay + milliseconds);
    const [reorder] = of('reorder');
    if (reorder) await this.swap(`${event.source} ${event.detail.repositoryName ?? event.detail['repository-name']}`, deliver, reorder.milliseconds);
    else if (delay > 0) this.later(deliver, delay);
    else await deliver();
  }

  /** Ends the run; what waits is lost. */
  public stop(): void {
    for (const { timer } of this.waiting) clearTimeout(timer);
    this.waiting.clear();
  }

  private add(kind: Fault['kind'], count: number, milliseconds = 0): void {
    this.faults.push({ kind, left: count, milliseconds });
  }

  private async swap(about: string, deliver: Deliver, withinMilliseconds: number): Promise<void> {
    const first = this.pairs.get(about);
    if (first && this.waiting.has(first)) {
      this.pairs.delete(about);
      await deliver();
      await sleep(APART_MILLISECONDS);
      await this.release(first);
    } else {
      this.pairs.set(about, this.later(deliver, withinMilliseconds));
    }
  }

  private later(deliver: Deliver, milliseconds: number): Waiting {
    const waiting: Waiting = { deliver, timer: setTimeout(() => void this.release(waiting), milliseconds) };
    this.waiting.add(waiting);
    return waiting;
  }

  private async release(waiting: Waiting): Promise<void> {
    clearTimeout(waiting.timer);
    if (!this.waiting.delete(waiting)) return;
    await waiting.deliver().catch(error => this.onProgress(`a late event was not delivered: ${error.message}`));
  }
}

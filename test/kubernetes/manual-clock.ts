import type { Clock } from '../../src/kubernetes/retry';

/** Time that passes only by waiting, and at once. */
export class ManualClock implements Clock {
  private readonly alarms: { at: number; ring: () => void }[] = [];

  constructor(private time = Date.UTC(2026, 10, 24)) {}

  now(): number {
    return this.time;
  }

  /** Has something happen while others wait. */
  after(milliseconds: number, ring: () => void): void {
    this.alarms.push({ at: this.time + milliseconds, ring });
  }

  async sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    for (const alarm of this.alarms.filter(({ at }) => at <= this.time)) {
      this.alarms.splice(this.alarms.indexOf(alarm), 1);
      alarm.ring();
    }
  }
}

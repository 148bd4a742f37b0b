/** How an execution leaves the queue before a stage. */
export type Admission = 'entered' | 'superseded' | 'withdrawn';

interface Waiting {
  readonly id: string;
  readonly settle: (admission: Admission) => void;
}

/**
 * The lock of a stage: one execution is inside, others wait before it
 *
 * In the mode SUPERSEDED the newest that arrives takes the place of the one that waits; in QUEUED they enter in the
 * order in which they came.
 */
export class StageGate {
  private inside?: string;
  private readonly waiting: Waiting[] = [];

  constructor(private readonly mode: 'SUPERSEDED' | 'QUEUED' | 'PARALLEL') {}

  /** The executions that wait before the stage, the next one first. */
  public get inbound(): string[] {
    return this.waiting.map(({ id }) => id);
  }

  public enter(id: string): Promise<Admission> {
    if (this.mode === 'PARALLEL') {
      return Promise.resolve('entered');
    }
    if (this.inside === undefined) {
      this.inside = id;
      return Promise.resolve('entered');
    }
    if (this.mode === 'SUPERSEDED') {
      this.waiting.splice(0).forEach(({ settle }) => settle('superseded'));
    }
    return new Promise((settle) => this.waiting.push({ id, settle }));
  }

  public leave(id: string): void {
    if (this.inside !== id) {
      return;
    }
    const next = this.waiting.shift();
    this.inside = next?.id;
    next?.settle('entered');
  }

  /** Takes an execution out of the queue, where it is in it. */
  public withdraw(id: string): void {
    const index = this.waiting.findIndex((one) => one.id === id);
    if (index >= 0) {
      this.waiting.splice(index, 1)[0].settle('withdrawn');
    }
  }
}

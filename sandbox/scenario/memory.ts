import { readdirSync, readFileSync } from 'node:fs';

const INTERVAL_MS = 500;

interface Process { readonly pid: number; readonly parent: number; readonly bytes: number; readonly command: string }

/** The most memory that the run held at any time: this process, its descendants, and what runs in its folder */
export class PeakMemory {
  private peak = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly dir: string) {
    this.timer = setInterval(() => this.sample(), INTERVAL_MS).unref();
  }

  /** Ends the sampling; the peak in bytes. */
  public stop(): number {
    clearInterval(this.timer);
    this.sample();
    return this.peak;
  }

  private sample(): void {
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap(read);
    const ours = new Set([process.pid]);
    for (let before = 0; before !== ours.size;) { // children of children, until none is new
      before = ours.size;
      for (const { pid, parent, command } of processes) if (ours.has(parent) || command.includes(this.dir)) ours.add(pid);
    }
    this.peak = Math.max(this.peak, processes.filter(({ pid }) => ours.has(pid)).reduce((sum, { bytes }) => sum + bytes, 0));
  }
}

function read(pid: string): Process[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return [{ pid: Number(pid), parent: field('PPid'), bytes: field('VmRSS') * 1024, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }];
  } catch {
    return []; // it ended between the two reads
  }
}

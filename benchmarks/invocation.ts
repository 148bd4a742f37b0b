import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What one invocation took, as its own process saw it */
export interface Usage {
  /** From the start of the process until the handler is there, in milliseconds. */
  readonly coldStart: number;
  /** Of the handler alone, in milliseconds. */
  readonly wall: number;
  /** Of the whole process, in milliseconds of one processor. */
  readonly processor: number;
  /** Bytes. */
  readonly peakMemory: number;
  readonly error?: string;
}

/** What the process is given: the names of two files, on the command line. */
export interface Invocation {
  readonly bundle: string;
  readonly event: unknown;
  readonly functionArn: string;
  readonly timeoutSeconds: number;
}

/** One invocation of a bundled handler, the only thing that its process does; Node.js runs this file as it is. */
async function main(input: string, output: string): Promise<void> {
  const { bundle, event, functionArn, timeoutSeconds } = JSON.parse(readFileSync(input, 'utf8')) as Invocation;
  const { handler } = createRequire(bundle)(bundle);
  const coldStart = performance.now();
  const end = Date.now() + timeoutSeconds * 1000;
  let error: string | undefined;
  try {
    await handler(event, {
      functionName: functionArn.split(':').at(-1),
      invokedFunctionArn: functionArn,
      getRemainingTimeInMillis: () => end - Date.now(),
    });
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  const wall = performance.now() - coldStart;
  const { user, system } = process.cpuUsage();
  const usage: Usage = { coldStart, wall, processor: (user + system) / 1000, peakMemory: peakMemory(), error };
  writeFileSync(output, JSON.stringify(usage));
  process.exit(0); // connections are kept for a next invocation, which does not come
}

/** The kernel's own figure; that of getrusage starts with what the process was before it became Node.js. */
function peakMemory(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
}

void main(process.argv[2], process.argv[3]);

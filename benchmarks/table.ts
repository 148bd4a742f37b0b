import type { DeployedFunction } from './deployed-functions';
import type { Measured } from './lambda-process';

/** One handler's run, before and after everything grew */
export interface Row {
  readonly name: string;
  readonly deployed: DeployedFunction;
  readonly small?: Measured[];
  readonly large: Measured[];
}

/** Lambda gives a function of this size one processor, and others their share: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MEGABYTES_PER_PROCESSOR = 1769;

const MEGABYTE = 1024 * 1024;

/** The rows as a table of Markdown; where a handler was invoked several times, the heaviest invocation. */
export function table(rows: Row[]): string {
  const lines = rows.map(({ name, deployed, small, large }) => {
    const both = (show: (measured: Measured[]) => string) => small ? `${show(small)} → ${show(large)}` : show(large);
    const memory = most(large, ({ peakMemory }) => peakMemory / MEGABYTE);
    const time = most(large, (measured) => onLambda(measured, deployed));
    return [
      name,
      both((measured) => String(measured.length)),
      both(calls),
      both((measured) => `${seconds(most(measured, ({ coldStart }) => coldStart))}`),
      both((measured) => `${seconds(most(measured, ({ wall }) => wall))}`),
      both((measured) => `${seconds(most(measured, ({ processor }) => processor))}`),
      `${seconds(time)} of ${deployed.timeoutSeconds} s (${percent(time / 1000 / deployed.timeoutSeconds)})`,
      both((measured) => `${Math.round(most(measured, ({ peakMemory }) => peakMemory / MEGABYTE))}`) + ` of ${deployed.memoryMegabytes} MB (${percent(memory / deployed.memoryMegabytes)})`,
    ];
  });
  const head = ['handler', 'invocations', 'calls to AWS', 'cold start', 'wall time', 'processor', 'on Lambda\'s share of a processor', 'peak memory'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What was computed takes longer by what the function's share is smaller than a processor; what was waited for does not. */
function onLambda({ coldStart, wall, processor }: Measured, { memoryMegabytes }: DeployedFunction): number {
  return coldStart + wall + processor * (MEGABYTES_PER_PROCESSOR / memoryMegabytes - 1);
}

function calls(measured: Measured[]): string {
  return String(measured.flatMap((one) => Object.values(one.calls)).reduce((sum, count) => sum + count, 0));
}

function most(measured: Measured[], value: (one: Measured) => number): number {
  return Math.max(...measured.map(value));
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(0)} %`;
}

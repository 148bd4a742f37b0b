import { spawnSync } from 'node:child_process';
import type { Case, Decision } from './case';

/** Has an evaluator decide in a process of its own, which reads the cases and writes the decisions as JSON. */
export function askProcess(command: string, args: readonly string[], cases: readonly Case[]): Decision[] {
  const { status, stdout, stderr } = spawnSync(command, args, { input: JSON.stringify(cases), encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} could not decide: ${stderr}`);
  return JSON.parse(stdout);
}

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { DeployedPolicies, RequestContext } from '../../../sandbox/account';
import { ministackPython } from '../../../sandbox/account/ministack/install';

/** A call that was allowed, by the name of its role */
export interface ReplayedCall {
  readonly holder: string;
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/** A statement, or one action of it, that is taken away */
export interface Mutant {
  readonly kind: 'inline' | 'resource';
  /** Name of the role or ARN of the resource. */
  readonly holder: string;
  readonly policy?: string;
  readonly statement: number;
  readonly effect: string;
  readonly action?: string;
}

/** A statement with one of its actions only, or one of its resource patterns only */
export interface Grant {
  readonly holder: string;
  readonly statement: Record<string, any>;
  readonly part: string;
}

export interface Replay extends DeployedPolicies {
  readonly calls: readonly ReplayedCall[];
  readonly mutants: readonly Mutant[];
  readonly grants: readonly Grant[];
}

/** Indexes into what was given */
export interface Verdict { readonly refused: number[]; readonly survivors: number[]; readonly exercised: number[] }

/** Has the evaluator of the sandbox judge recorded calls again, in a process of its own. */
export async function replay(given: Replay): Promise<Verdict> {
  const { status, stdout, stderr } = spawnSync(await ministackPython(), ['-B', join(__dirname, 'replay.py')], {
    input: JSON.stringify(given), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`The replay failed: ${stderr}`);
  return JSON.parse(stdout);
}

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Evaluator } from './case';
import { ministackPython } from '../../sandbox/account/ministack/install';

/** The evaluator that the sandbox asks. */
export const ministack: Evaluator = async (cases) => {
  const { status, stdout, stderr } = spawnSync(await ministackPython(), ['-B', join(__dirname, 'ministack_decides.py')], {
    input: JSON.stringify(cases), encoding: 'utf8', maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`ministack could not decide: ${stderr}`);
  return JSON.parse(stdout);
};

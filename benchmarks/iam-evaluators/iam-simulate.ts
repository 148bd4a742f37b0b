import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { askProcess } from './ask-process';
import type { Evaluator } from './case';
import { cacheRoot } from '../../sandbox/account/ministack/install';
import { cached } from '../../sandbox/parts/cache';

export const IAM_SIMULATE_VERSION = '0.1.173';

/**
 * `@cloud-copilot/iam-simulate`, in a process of its own and installed into the cache
 *
 * Its licence is the AGPL, so it is no dependency of this package, nor is any of its code here.
 */
export const iamSimulate: Evaluator = async (cases) => askProcess(process.execPath, [join(__dirname, 'iam-simulate-decides.mjs'), await install()], cases);

async function install(): Promise<string> {
  const home = join(cacheRoot(), `iam-simulate-${IAM_SIMULATE_VERSION}`);
  await cached(home, async (folder) => {
    writeFileSync(join(folder, 'package.json'), '{"private": true}');
    const packages = ['--no-audit', '--no-fund', `@cloud-copilot/iam-simulate@${IAM_SIMULATE_VERSION}`];
    await promisify(execFile)('npm', ['install', ...packages], { cwd: folder });
  });
  return home;
}

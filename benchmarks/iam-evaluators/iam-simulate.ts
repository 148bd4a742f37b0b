import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evaluator } from './case';
import { cacheRoot } from '../../sandbox/account/ministack/install';

export const IAM_SIMULATE_VERSION = '0.1.173';

/**
 * `@cloud-copilot/iam-simulate`, in a process of its own and installed into the cache
 *
 * Its licence is the AGPL, so it is no dependency of this package, nor is any of its code here.
 */
export const iamSimulate: Evaluator = async (cases) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'iam-simulate-decides.mjs'), install()], {
    input: JSON.stringify(cases), encoding: 'utf8', maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`iam-simulate could not decide: ${stderr}`);
  return JSON.parse(stdout);
};

function install(): string {
  const home = join(cacheRoot(), `iam-simulate-${IAM_SIMULATE_VERSION}`);
  if (existsSync(home)) return home;
  mkdirSync(cacheRoot(), { recursive: true });
  const building = mkdtempSync(join(cacheRoot(), '.iam-simulate-'));
  writeFileSync(join(building, 'package.json'), '{"private": true}');
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', `@cloud-copilot/iam-simulate@${IAM_SIMULATE_VERSION}`], { cwd: building, encoding: 'utf8' });
  if (status !== 0) throw new Error(`iam-simulate ${IAM_SIMULATE_VERSION} could not be installed: ${stderr}`);
  renameSync(building, home);
  return home;
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned, because the launcher replaces private names of exactly this version. */
export const MINISTACK_VERSION = '1.5.33';

export function cacheRoot(): string {
  return process.env.CDK_GITOPS_CACHE ?? join(homedir(), '.cache', 'cdk-gitops-pipeline');
}

/** The Python interpreter of a virtual environment with ministack, made on first use. */
export async function ministackPython(onProgress: (s: string) => void = () => {}): Promise<string> {
  const home = join(cacheRoot(), `ministack-${MINISTACK_VERSION}`);
  const python = join(home, 'bin', 'python3');
  if (existsSync(join(home, '.complete'))) return python;
  onProgress(`installing ministack ${MINISTACK_VERSION}`);
  await mkdir(cacheRoot(), { recursive: true });
  // renamed when whole: a half-made environment is never taken for a whole one
  const building = await mkdtemp(join(cacheRoot(), `.ministack-${MINISTACK_VERSION}-`));
  try {
    await run('python3', ['-m', 'venv', building]);
    await run(join(building, 'bin', 'python3'), ['-m', 'pip', 'install', '--quiet', `ministack==${MINISTACK_VERSION}`], { timeout: 300_000 });
    await writeFile(join(building, '.complete'), '');
    await rename(building, home).catch(error => {
      if (!existsSync(join(home, '.complete'))) throw error; // else another run was faster
    });
  } catch (error) {
    throw new Error(`ministack ${MINISTACK_VERSION} could not be installed with python3 and pip: ${(error as Error).message}`, { cause: error });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return python;
}

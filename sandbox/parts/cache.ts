import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the built programs live: outside the repository, so that every clone and branch shares them. */
export function partsCache(): string {
  const root = process.env.CDK_GITOPS_CACHE || join(homedir(), '.cache', 'cdk-gitops-pipeline');
  return join(root, 'parts');
}

/** A short name for everything that a program is made from: another input, another folder. */
export function keyOf(inputs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) {
    hash.update(`${input.length}:`).update(input);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Fills a folder of the cache, unless it is there already.
 *
 * The content is made in a folder beside it and renamed when complete, so that
 * a build which was ended half-way, or two at once, never leave half a program.
 */
export async function cached(folder: string, make: (scratch: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) {
    return;
  }
  const cache = join(folder, '..');
  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const scratch = await mkdtemp(join(cache, `${SCRATCH}${process.pid}-`));
  try {
    const content = join(scratch, 'content');
    await mkdir(content);
    await make(content);
    await rename(content, folder).catch((error) => {
      // another process was faster with the same inputs
      if (!existsSync(folder)) {
        throw error;
      }
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const SCRATCH = '.building-';

/** Removes what a build that was killed outright could not remove itself. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const entry of await readdir(cache)) {
    const pid = entry.startsWith(SCRATCH) && Number(entry.slice(SCRATCH.length).split('-')[0]);
    if (pid && !isAlive(pid)) {
      await rm(join(cache, entry), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

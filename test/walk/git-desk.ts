import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clone } from '../../sandbox/scenario/developer';

/** Tries of a person whose push is refused, since somebody was faster or the service is ill */
const TRIES = 12;
const AGAIN_AFTER_MS = 500;

/** One person's working copy, who starts each change from what is on main now */
export class GitDesk {
  constructor(private readonly clone: Clone) {}

  /**
   * Makes a commit on top of main and pushes it; starts again whenever that is refused.
   *
   * @param change makes the commit in the working copy; false where there is nothing to do
   * @returns the commit, or undefined where there was nothing to do
   */
  public async commit(change: () => Promise<boolean>): Promise<string | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.refresh();
        if (!await change()) return undefined;
        const commit = await this.git('rev-parse', 'HEAD');
        await this.push(commit);
        return commit;
      } catch (error) {
        if (attempt === TRIES) throw error;
        await sleep(AGAIN_AFTER_MS);
      }
    }
  }

  /** Moves to what is on main now. */
  public async refresh(): Promise<void> {
    await this.git('fetch', '--quiet', 'origin');
    await this.git('checkout', '--quiet', '--force', 'main');
    await this.git('reset', '--quiet', '--hard', 'origin/main');
  }

  public read(file: string): string {
    return readFileSync(join(this.clone.folder, file), 'utf8');
  }

  public write(file: string, content: string): void {
    const path = join(this.clone.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** Records everything that was written. */
  public async save(message: string): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
  }

  public async git(...args: string[]): Promise<string> {
    return this.clone.git(args);
  }

  /** A push may have arrived although its answer did not. */
  private async push(commit: string): Promise<void> {
    try {
      await this.git('push', '--quiet', '--force-with-lease', 'origin', 'HEAD:main');
    } catch (error) {
      await this.git('fetch', '--quiet', 'origin');
      if (!(await this.git('branch', '--remotes', '--contains', commit)).includes('origin/main')) throw error;
    }
  }
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Commit, ENVIRONMENTS } from '../history';
import { overlayOf } from '../world';

/** Reads the history of a working copy; commits stay as they are, so each is read once */
export class GitHistory {
  private readonly known = new Map<string, Commit>();

  constructor(private readonly folder: string) {}

  /** The first parents of main from the first commit to the head. */
  public async main(): Promise<Commit[]> {
    const ids = (await this.git('rev-list', '--first-parent', '--reverse', 'origin/main')).split('\n');
    const commits: Commit[] = [];
    for (const id of ids) commits.push(await this.commit(id));
    return commits;
  }

  /** Everything that main contains. */
  public async reachable(): Promise<Set<string>> {
    return new Set((await this.git('rev-list', 'origin/main')).split('\n'));
  }

  /** A file of main's head. */
  public async file(path: string, commit = 'origin/main'): Promise<string | undefined> {
    return this.git('show', `${commit}:${path}`).catch(() => undefined);
  }

  private async commit(id: string): Promise<Commit> {
    const commit = this.known.get(id) ?? await this.read(id);
    this.known.set(id, commit);
    return commit;
  }

  private async read(id: string): Promise<Commit> {
    const [seconds, ...message] = (await this.git('log', '-1', '--format=%ct%n%B', id)).split('\n');
    const digests: Commit['digests'] = {};
    for (const environment of ENVIRONMENTS) {
      const digest = /digest: "?(sha256:[0-9a-f]{64})/.exec(await this.file(overlayOf(environment), id) ?? '')?.[1];
      if (digest) digests[environment] = digest;
    }
    return { id, time: Number(seconds) * 1000, message: message.join('\n'), digests };
  }

  private async git(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('git', args, { cwd: this.folder, maxBuffer: 64 * 1024 * 1024 });
    return stdout.replace(/\n$/, '');
  }
}

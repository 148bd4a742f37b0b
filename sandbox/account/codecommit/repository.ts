import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ACCOUNT, arn, CODECOMMIT_HOST, REGION } from '../constants';
import { git } from './git';

export const NO_COMMIT = '0'.repeat(40);

export interface TreeEntry { mode: string; type: 'blob' | 'tree' | 'commit'; id: string; path: string; size?: number }

export interface Change { path: string; before?: TreeEntry; after?: TreeEntry }

/** One CodeCommit repository: a bare git repository and what CodeCommit knows about it besides */
export class Repository {
  public static async create(root: string, name: string, description?: string, kmsKeyId?: string): Promise<Repository> {
    const repository = new Repository(join(root, `${name}.git`), name, description, kmsKeyId);
    await mkdir(repository.directory, { recursive: true });
    await git(repository.directory, ['init', '--quiet', '--bare', '--initial-branch', 'main']);
    await git(repository.directory, ['config', 'http.receivepack', 'true']);
    // CodeCommit's clients fetch the exact commit that an event named
    await git(repository.directory, ['config', 'uploadpack.allowReachableSHA1InWant', 'true']);
    return repository;
  }

  public readonly id = randomUUID();
  public readonly created = Date.now() / 1000;
  public modified = this.created;

  private constructor(public directory: string, public name: string, public description?: string, public kmsKeyId?: string) {}

  public get arn(): string {
    return arn('codecommit', this.name);
  }

  public get cloneUrlHttp(): string {
    return `https://${CODECOMMIT_HOST}/v1/repos/${this.name}`;
  }

  public get cloneUrlSsh(): string {
    return `ssh://${CODECOMMIT_HOST}/v1/repos/${this.name}`;
  }

  public metadata(defaultBranch?: string): Record<string, unknown> {
    return {
      accountId: ACCOUNT,
      repositoryId: this.id,
      repositoryName: this.name,
      repositoryDescription: this.description,
      defaultBranch,
      creationDate: this.created,
      lastModifiedDate: this.modified,
      cloneUrlHttp: this.cloneUrlHttp,
      cloneUrlSsh: this.cloneUrlSsh,
      Arn: this.arn,
      kmsKeyId: this.kmsKeyId ?? `arn:aws:kms:${REGION}:${ACCOUNT}:alias/aws/codecommit`,
    };
  }

  /** Object id of any revision of that type, or undefined. */
  public async resolve(revision: string, type: 'commit' | 'tree' | 'blob' = 'commit'): Promise<string | undefined> {
    if (revision === '' || revision.startsWith('-')) return undefined;
    const found = await git(this.directory, ['rev-parse', '--quiet', '--verify', '--end-of-options', `${revision}^{${type}}`]).catch(() => undefined);
    return found?.toString().trim() || undefined;
  }

  /** The tree of a folder in a commit; the commit's own when the folder is empty. */
  public async treeAt(commit: string, folder: string): Promise<string | undefined> {
    if (!folder) return this.resolve(commit, 'tree');
    const found = await git(this.directory, ['rev-parse', '--quiet', '--verify', '--end-of-options', `${commit}:${folder}`]).catch(() => undefined);
    return found && this.resolve(found.toString().trim(), 'tree');
  }

  public async branch(name: string): Promise<string | undefined> {
    return this.resolve(`refs/heads/${name}`);
  }

  public async branches(): Promise<string[]> {
    return (await git(this.directory, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads'])).toString().split('\n').filter(Boolean);
  }

  public async defaultBranch(): Promise<string | undefined> {
    const named = (await git(this.directory, ['symbolic-ref', '--short', 'HEAD'])).toString().trim();
    return await this.branch(named) ? named : undefined;
  }

  public async setDefaultBranch(branch: string): Promise<void> {
    await git(this.directory, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  }

  /** Entries of a tree, the tree's own content only unless recursive. */
  public async list(tree: string, recursive = false): Promise<TreeEntry[]> {
    const listing = await git(this.directory, ['ls-tree', '-z', '-l', ...recursive ? ['-r'] : [], '--end-of-options', tree]);
    return listing.toString().split('\0').filter(Boolean).map(line => {
      const [, mode, type, id, size, path] = /^(\d+) (\w+) (\w+) +(\S+)\t(.*)$/s.exec(line)!;
      return { mode, type: type as TreeEntry['type'], id, path, size: size === '-' ? undefined : Number(size) };
    });
  }

  public async entry(commit: string, path: string): Promise<TreeEntry | undefined> {
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const tree = await this.treeAt(commit, parent);
    if (!tree) return undefined;
    const name = path.slice(parent ? parent.length + 1 : 0);
    const found = (await this.list(tree)).find(entry => entry.path === name);
    return found && { ...found, path };
  }

  public async read(blob: string): Promise<Buffer> {
    return git(this.directory, ['cat-file', 'blob', blob]);
  }

  public async raw(commit: string): Promise<string> {
    return (await git(this.directory, ['cat-file', 'commit', commit])).toString();
  }

  public async store(content: Buffer): Promise<string> {
    return (await git(this.directory, ['hash-object', '-w', '--stdin'], { input: content })).toString().trim();
  }

  /** The tree that a parent's becomes; a mode and blob of undefined removes the path. */
  public async tree(parent: string | undefined, changes: { path: string; mode?: string; blob?: string }[]): Promise<string> {
    const scratch = await mkdtemp(join(this.directory, 'index-'));
    try {
      const env = { GIT_INDEX_FILE: join(scratch, 'index') };
      if (parent) await git(this.directory, ['read-tree', parent], { env });
      const lines = changes.map(({ path, mode, blob }) => mode && blob ? `${mode} ${blob}\t${path}\0` : `0 ${NO_COMMIT}\t${path}\0`);
      await git(this.directory, ['update-index', '-z', '--index-info'], { env, input: lines.join('') });
      return (await git(this.directory, ['write-tree'], { env })).toString().trim();
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** Makes a commit and moves the branch, unless it moved in the meantime: then undefined. */
  public async commit(branch: string, tree: string, parent: string | undefined, message: string, author: { name: string; email: string }):
  Promise<string | undefined> {
    const env = {
      GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email, GIT_COMMITTER_NAME: author.name, GIT_COMMITTER_EMAIL: author.email,
    };
    const args = ['commit-tree', ...parent ? ['-p', parent] : [], tree];
    const commit = (await git(this.directory, args, { env, input: message })).toString().trim();
    const hadNone = (await this.branches()).length === 0;
    if (!await this.moveBranch(branch, commit, parent ?? NO_COMMIT)) return undefined;
    if (hadNone) await this.setDefaultBranch(branch);
    return commit;
  }

  public async moveBranch(branch: string, to: string, from: string): Promise<boolean> {
    const args = to === NO_COMMIT ? ['update-ref', '-d', `refs/heads/${branch}`, from] : ['update-ref', `refs/heads/${branch}`, to, from];
    return git(this.directory, args).then(() => true, () => false);
  }

  public async differences(before: string | undefined, after: string): Promise<Change[]> {
    const earlier = before ? await this.list(before, true) : [];
    const later = await this.list(after, true);
    const beforeByPath = new Map(earlier.map(entry => [entry.path, entry]));
    const afterByPath = new Map(later.map(entry => [entry.path, entry]));
    return [...new Set([...beforeByPath.keys(), ...afterByPath.keys()])].sort()
      .map(path => ({ path, before: beforeByPath.get(path), after: afterByPath.get(path) }))
      .filter(change => change.before?.id !== change.after?.id || change.before?.mode !== change.after?.mode);
  }

  /** The commit's files as a zip, as CodePipeline's source action puts them into its artifact. */
  public async archive(commit: string): Promise<Buffer> {
    return git(this.directory, ['archive', '--format=zip', commit]);
  }

  public async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

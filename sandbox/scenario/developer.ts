import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from '../account';

/** Somebody with a clone, who pushes as themselves */
export class Developer {
  constructor(private readonly account: Account, private readonly roleArn: string, private readonly dir: string) {}

  /** Clones a repository into a folder of its own. */
  public async clone(repository: string, name = repository): Promise<Clone> {
    const folder = join(this.dir, name);
    const clone = new Clone(this.account, this.roleArn, repository, folder);
    await clone.git(['clone', '--quiet', '--branch', 'main', this.account.gitRemote(repository), folder], this.dir);
    await clone.git(['config', 'user.name', 'Dev Eloper']);
    await clone.git(['config', 'user.email', 'dev@example.com']);
    return clone;
  }
}

/** A working copy of one repository */
export class Clone {
  constructor(
    private readonly account: Account,
    private readonly roleArn: string,
    private readonly repository: string,
    public readonly folder: string,
  ) {}

  /** Edits one file, commits and pushes; returns the commit. */
  public async push(file: string, edit: (content: string) => string, message: string): Promise<string> {
    const path = join(this.folder, file);
    const before = readFileSync(path, 'utf8');
    const after = edit(before);
    if (after === before) throw new Error(`The edit changes nothing in ${file} of ${this.repository}: adapt the scenario to the sample application.`);
    writeFileSync(path, after);
    await this.git(['commit', '--quiet', '--all', '--message', message]);
    await this.git(['push', '--quiet', 'origin', 'HEAD:main']);
    return this.git(['rev-parse', 'HEAD']);
  }

  /** Fetches what others pushed and moves to it. */
  public async pull(): Promise<void> {
    await this.git(['pull', '--quiet', '--rebase', 'origin', 'main']);
  }

  /** Runs git with a credential that is signed for this call and stored nowhere. */
  public async git(args: string[], cwd = this.folder): Promise<string> {
    const environment = await this.account.gitEnvironment(this.roleArn, this.repository);
    const { stdout } = await promisify(execFile)('git', args, { cwd, env: { ...process.env, ...environment } });
    return stdout.trim();
  }
}

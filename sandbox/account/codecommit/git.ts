import { spawn } from 'node:child_process';

export class GitError extends Error {
  constructor(args: string[], readonly code: number | null, readonly stderr: string) {
    super(`git ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  }
}

export interface GitOptions { input?: Buffer | string; env?: Record<string, string> }

/** Runs git on a bare repository, untouched by the configuration of the machine's user. */
export function git(directory: string, args: string[], options: GitOptions = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['--git-dir', directory, ...args], { env: { ...gitEnvironment(), ...options.env } as unknown as NodeJS.ProcessEnv });
    const out: Buffer[] = [];
    let err = '';
    child.stdout.on('data', chunk => out.push(chunk));
    child.stderr.on('data', chunk => { err += chunk; });
    child.on('error', reject);
    child.stdin.on('error', () => {}); // a git that ended early says why in its stderr
    child.on('close', code => code === 0 ? resolve(Buffer.concat(out)) : reject(new GitError(args, code, err)));
    child.stdin.end(options.input);
  });
}

export function gitEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', HOME: '/nonexistent' };
}

import { spawn } from 'node:child_process';

/**
 * A user's own settings must not change what is built: only the module proxy
 * and the caches are theirs. `GOFLAGS` is set and not emptied, since an empty
 * one falls back to what `go env -w` has stored.
 */
const ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' };

/** What of the machine goes into a program: the compiler's version and the platform. */
export async function goPlatform(folder: string): Promise<string> {
  return (await go(['env', 'GOVERSION', 'GOOS', 'GOARCH'], { folder })).trim().split('\n').join(' ');
}

export interface GoOptions {
  /** The Go module's folder. */
  readonly folder: string;
  /** Go's own temporary folder, for commands that need one. */
  readonly scratch?: string;
  /** Ends the command. */
  readonly signal?: AbortSignal;
}

/** Runs the go command in a module's folder and returns what it prints. */
export function go(args: readonly string[], options: GoOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, {
      cwd: options.folder,
      env: { ...process.env, ...ENVIRONMENT, ...(options.scratch && { GOTMPDIR: options.scratch }) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a process group of its own, so that the compilers end with the go command
    });
    const end = () => process.kill(-child.pid!, 'SIGKILL');
    options.signal?.addEventListener('abort', end);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => stdout += text);
    child.stderr.setEncoding('utf8').on('data', (text) => stderr += text);
    // 'close' comes after 'error' too, and only when the process is gone
    let failure: NodeJS.ErrnoException | undefined;
    child.on('error', (error) => failure = error);
    child.on('close', (code) => {
      options.signal?.removeEventListener('abort', end);
      if (code === 0) {
        resolve(stdout);
      } else {
        reject(new Error(reasonOf(stderr, failure), { cause: failure }));
      }
    });
  });
}

/** What the go command complained about, and what to do, in one sentence where it is known. */
function reasonOf(stderr: string, failure?: NodeJS.ErrnoException): string {
  if (failure?.code === 'ENOENT') {
    return 'the command "go" is not there: install Go 1.26 or newer (go.dev/dl) and put it on PATH.';
  }
  const lines = stderr.split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('go: downloading'));
  const tooOld = lines.find((line) => line.includes('requires go >='));
  if (tooOld) {
    return `Go is too old (${tooOld}): install Go 1.26 or newer.`;
  }
  const unreachable = lines.find((line) => UNREACHABLE.test(line));
  if (unreachable) {
    return `a Go module cannot be had (${unreachable}): check the network, or set GOPROXY to a module proxy that you reach.`;
  }
  return lines.slice(-5).join('\n') || failure?.message || 'go said nothing.';
}

/** How the go command words a module that the proxy refuses or that no network reaches. */
const UNREACHABLE = /dial tcp|no such host|timeout|connection refused|: [45]\d\d [A-Z]|module lookup disabled/;

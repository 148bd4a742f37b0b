import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached, partsCache } from '../../sandbox/parts/cache';

const run = promisify(execFile);

/** Long enough for the first run, which installs; a later one takes seconds. */
export const FIRST_RUN = 10 * 60_000;

/** A Python that has a package of PyPI, in the cache. */
export async function pythonWith(name: string, version: string): Promise<string> {
  const environment = join(partsCache(), '..', `${name}-${version}`);
  await cached(environment, async (scratch) => {
    try {
      await run('python3', ['-m', 'venv', scratch]);
      await run(join(scratch, 'bin', 'python3'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `${name}==${version}`]);
    } catch (error) {
      throw new Error(`${name} ${version} cannot be installed. It needs python3 with venv (Debian's python3-venv) and PyPI.`, { cause: error });
    }
  });
  // not the package's own script, which names the folder where it was made
  return join(environment, 'bin', 'python3');
}

/** A later aws-cdk-lib than the one of the project, which is the lowest that users may have. Answers its `node_modules`. */
export async function laterCdk(version: string): Promise<string> {
  const folder = join(partsCache(), '..', `aws-cdk-lib-${version}`);
  await cached(folder, async (scratch) => {
    await run('npm', [
      'install', '--prefix', scratch, '--no-audit', '--no-fund', '--no-save', '--ignore-scripts', `aws-cdk-lib@${version}`, 'constructs@^10.5.1',
    ]);
  });
  return join(folder, 'node_modules');
}

/** What a program said. */
interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** What a program says, whether or not it finds fault. */
export async function output([file, ...args]: string[], options: { env?: NodeJS.ProcessEnv } = {}): Promise<Output> {
  try {
    return { ...await run(file, args, { maxBuffer: 64 * 1024 * 1024, ...options }), code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout?: string; stderr?: string; code?: unknown };
    if (typeof code !== 'number') {
      throw error;
    }
    return { stdout: stdout ?? '', stderr: stderr ?? '', code };
  }
}

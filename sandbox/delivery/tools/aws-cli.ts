import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, partsCache } from '../../parts/cache';
import { command } from '../command';

/** The version 1 of the CLI is a Python package; version 2, which CodeBuild has, is no package of any registry. */
const VERSION = '1.46.2';

/** What of Debian the CLI is installed with. */
export const AWS_CLI_COMMANDS = [{ command: 'python3', package: 'python3-venv' }] as const;

/** The AWS CLI in a Python environment of its own, installed on first use. */
export async function awsCli(onProgress: (line: string) => void = () => {}): Promise<string> {
  const folder = join(partsCache(), '..', `awscli-${VERSION}`);
  await cached(folder, async (environment) => {
    onProgress(`AWS CLI ${VERSION} …`);
    const start = Date.now();
    try {
      await command('python3', ['-m', 'venv', environment]);
      await command(join(environment, 'bin', 'python3'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `awscli==${VERSION}`]);
    } catch (error) {
      throw new Error(`The AWS CLI ${VERSION}, which builds call, cannot be installed: ${(error as Error).message}. It needs python3 with venv (Debian's python3-venv) and PyPI.`, { cause: error });
    }
    onProgress(`AWS CLI ${VERSION} … ${Math.round((Date.now() - start) / 1000)} s`);
  });
  return folder;
}

/** Makes the command `aws` in a folder of executables; the environment's own one names the folder where it was made. */
export async function installAwsCli(environment: string, bin: string): Promise<void> {
  const file = join(bin, 'aws');
  await writeFile(file, `#!/bin/sh\nexec ${join(environment, 'bin', 'python3')} -m awscli "$@"\n`);
  await chmod(file, 0o755);
}

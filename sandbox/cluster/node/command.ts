import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Administrators' tools are often not on a user's PATH. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs one of the system's tools and returns what it prints. */
export async function command(file: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(file, args, { env: { PATH: SYSTEM_PATH } as unknown as NodeJS.ProcessEnv });
    return stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${file} ${args.join(' ')} failed: ${stderr?.trim() || message}`, { cause: error });
  }
}

import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a short-lived command and returns what it prints; fails with what it complains about. */
export async function command(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  try {
    return (await execute(file, args, { env: { ...process.env, ...env }, maxBuffer: 16 * 1024 ** 2, timeout: 600_000 })).stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${file} ${args[0] ?? ''} failed: ${stderr?.trim().split('\n').slice(-5).join('\n') || message}`, { cause: error });
  }
}

/** The path of a command. */
export async function findCommand(name: string): Promise<string> {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']) {
    try {
      await access(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // not in this folder
    }
  }
  throw new Error(`The command ${name} is not on PATH: install it.`);
}

import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** A command that the sandbox runs and the Debian package that brings it. */
export interface DebianCommand {
  /** A name to be found on PATH, or an absolute path for what lives elsewhere, such as a CNI plugin. */
  readonly command: string;
  readonly package: string;
}

/** Installs what is missing where that is possible (apt-get, as root), and says what to install where it is not. */
export async function ensureDebian(commands: readonly DebianCommand[], onProgress: (line: string) => void = () => {}): Promise<void> {
  const missing = commands.filter(({ command }) => !isThere(command));
  if (missing.length === 0) {
    return;
  }
  const packages = [...new Set(missing.map((command) => command.package))];
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
    throw new Error(`The sandbox needs ${missing.map(({ command }) => command).join(', ')}: install the package${packages.length > 1 ? 's' : ''} ${packages.join(' ')} (on Debian and Ubuntu: sudo apt-get install ${packages.join(' ')}).`);
  }
  onProgress(`Debian packages ${packages.join(', ')} …`);
  const start = Date.now();
  await aptGet('update');
  await aptGet('install', '--yes', '--no-install-recommends', ...packages);
  onProgress(`Debian packages ${packages.join(', ')} … ${Math.round((Date.now() - start) / 1000)} s`);

  const absent = missing.filter(({ command }) => !isThere(command));
  if (absent.length > 0) {
    throw new Error(`The Debian package ${absent[0].package} was installed but brought no ${absent[0].command}: look with dpkg -L ${absent[0].package} where it is on this system.`);
  }
}

/** Where administrators' commands are; a user's PATH often lacks them. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

function isThere(command: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  const candidates = isAbsolute(command) ? [command] : folders.map((folder) => join(folder, command));
  return candidates.some((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function aptGet(...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // waits for another apt-get instead of failing, and asks no questions
    const child = spawn('apt-get', ['--quiet', '--option', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => stderr += text);
    child.on('error', reject);
    child.on('close', (code) => code === 0 ? resolve() : reject(new Error(`apt-get ${args.join(' ')} failed: ${stderr.trim().split('\n').slice(-3).join(' ') || `exit code ${code}`}`)));
  });
}

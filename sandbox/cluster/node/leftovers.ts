import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './command';

const CGROUPS = '/sys/fs/cgroup';

/** containerd puts containers into a cgroup named like its namespace. */
const CONTAINERS = 'k8s.io';

/** What containers leave on a machine; made before there are any, so that it knows what was there already */
export class Leftovers {
  private readonly cgroups = cgroupsOfContainers().filter(folder => !existsSync(folder));

  /** Takes it away, also when containers ended out of order. */
  public async remove(dir: string, containerdSocket: string | undefined): Promise<void> {
    if (containerdSocket) endShims(containerdSocket);
    await unmountBelow(dir);
    for (const folder of this.cgroups) {
      // the kernel takes a moment to forget a process that was killed
      for (let attempt = 0; attempt < 20 && !removeTree(folder); attempt++) await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}

/** A shim outlives containerd by design; those of this run name its socket. */
function endShims(containerdSocket: string): void {
  for (const pid of readdirSync('/proc').filter(entry => /^\d+$/.test(entry))) {
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (/containerd-shim/.test(argv[0]) && argv.includes(containerdSocket)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      continue; // it ended meanwhile
    }
  }
}

async function unmountBelow(dir: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').map(line => line.split(' ')[4]);
  for (const mount of mounts.filter(path => path?.startsWith(`${dir}/`)).reverse()) {
    await command('umount', '--lazy', mount);
  }
}

/** One for each hierarchy of cgroup v1, or the only one of v2. */
function cgroupsOfContainers(): string[] {
  return ['', ...readdirSync(CGROUPS)].map(hierarchy => join(CGROUPS, hierarchy, CONTAINERS));
}

/** Children first: a cgroup goes only when it is empty. */
function removeTree(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(join(folder, entry.name));
    }
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}

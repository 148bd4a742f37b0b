import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../command';

/** What of Debian stands in for Docker. */
export const DOCKER_COMMANDS = [{ command: 'podman', package: 'podman' }] as const;

/**
 * A `docker` command for builds: podman, which needs no daemon, with everything that it keeps in one folder.
 *
 * Its configuration is given by environment variables of the script, so that neither the user's nor the system's
 * containers are seen or touched.
 */
export class Docker {
  private configured?: Promise<void>;

  constructor(private readonly folder: string) {}

  /** Writes the command into a folder of executables. */
  public async install(bin: string, privileged: boolean): Promise<void> {
    await mkdir(bin, { recursive: true });
    const file = join(bin, 'docker');
    if (privileged) {
      await (this.configured ??= this.configure());
    }
    await writeFile(file, privileged ? SCRIPT(this.folder) : UNPRIVILEGED);
    await chmod(file, 0o755);
  }

  /** Removes every image and container; some of their files may belong to users that only podman can act as. */
  public async remove(): Promise<void> {
    if (!IS_ROOT && existsSync(join(this.folder, 'storage'))) {
      // a mount point in that namespace stays; it is empty and goes with the folder
      await this.docker('unshare', 'sh', '-c', 'rm -rf "$1" 2> /dev/null; true', 'sh', join(this.folder, 'storage'));
    }
    // for another user than root, podman leaves a process behind that holds the namespace
    const pid = Number(await readFile(join(this.folder, 'run', 'libpod', 'pause.pid'), 'utf8').catch(() => ''));
    if (pid > 0) {
      process.kill(pid);
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async configure(): Promise<void> {
    await Promise.all(['configuration', 'run', 'probe'].map((name) => mkdir(join(this.folder, name), { recursive: true })));
    const put = (name: string, content: string) => writeFile(join(this.folder, 'configuration', name), content);
    await put('containers.conf', CONTAINERS(this.folder));
    await put('registries.conf', 'unqualified-search-registries = ["docker.io"]\n');
    await put('policy.json', JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
    await writeFile(join(this.folder, 'probe', 'docker'), SCRIPT(this.folder), { mode: 0o755 });
    await writeFile(join(this.folder, 'probe', 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    try {
      await this.choose('overlay').catch(() => this.choose('vfs'));
      // one line of one user: commands of a Dockerfile could not become another user
      if (!IS_ROOT && /^\s*\S+\s+\S+\s+1\s*$/.test(await this.docker('unshare', 'cat', '/proc/self/uid_map'))) {
        throw new Error('the user has no other user ids to act as');
      }
    } catch (error) {
      await this.remove().catch(() => {}); // the reason is what counts
      const advice = IS_ROOT ? '' : ' As another user than root this needs Debian\'s package uidmap and entries for the user in /etc/subuid and /etc/subgid.';
      throw new Error(`Images cannot be built here with podman: ${(error as Error).message}.${advice}`, { cause: error });
    }
  }

  /** Builds an image with a storage driver, since not every machine lets every user mount what it takes. */
  private async choose(driver: string): Promise<void> {
    await writeFile(join(this.folder, 'configuration', 'storage.conf'), STORAGE(this.folder, driver));
    try {
      await this.docker('build', '--tag', 'probe', join(this.folder, 'probe'));
    } catch (error) {
      await rm(join(this.folder, 'storage'), { recursive: true, force: true });
      throw error;
    }
  }

  private docker(...args: string[]): Promise<string> {
    return command(join(this.folder, 'probe', 'docker'), args, { HOME: join(this.folder, 'probe') });
  }
}

const IS_ROOT = process.getuid?.() === 0;

const STORAGE = (folder: string, driver: string) => `[storage]
driver = "${driver}"
graphroot = "${folder}/storage"
rootless_storage_path = "${folder}/storage"
runroot = "${folder}/run"

[storage.options.${driver}]
ignore_chown_errors = "true"
`;

const CONTAINERS = (folder: string) => `[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
static_dir = "${folder}/static"
tmp_dir = "${folder}/run/libpod"
volume_path = "${folder}/volumes"

[network]
network_config_dir = "${folder}/networks"
`;

const PODMAN = IS_ROOT ? 'unshare --mount sh -c \'mount -t tmpfs tmpfs /var/lib/containers/cache && exec podman "$@"\' podman' : 'podman';

/**
 * For root in a mount namespace of its own, so that no mount is left behind, however podman ends.
 *
 * What podman knows of which repository has which layer is forgotten each time: it would look for them in the repository of
 * another application, while each build of CodeBuild has a machine of its own.
 *
 * Layers within a stage are not kept, since with the storage driver vfs each would be a copy of the whole file system.
 * BuildKit's options that change nothing about the image are left out.
 */
const SCRIPT = (folder: string) => `#!/bin/bash
export CONTAINERS_CONF=${folder}/configuration/containers.conf
export CONTAINERS_STORAGE_CONF=${folder}/configuration/storage.conf
export CONTAINERS_REGISTRIES_CONF=${folder}/configuration/registries.conf
export REGISTRY_AUTH_FILE=$HOME/.docker/config.json
export XDG_RUNTIME_DIR=${folder}/run XDG_CONFIG_HOME=${folder}/configuration XDG_DATA_HOME=${folder}/data
[ -e "$REGISTRY_AUTH_FILE" ] || (umask 077; mkdir -p "$HOME/.docker"; echo '{}' > "$REGISTRY_AUTH_FILE")
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
[ "$1" = buildx ] && shift
${IS_ROOT ? 'mkdir -p /var/lib/containers/cache' : `rm -rf ${folder}/data/containers/cache`}
podman() { exec ${PODMAN} "$@"; }
case $1 in
  build)
    shift
    arguments=()
    while [ $# -gt 0 ]; do
      case $1 in
        --load|--progress=*|--provenance=*|--sbom=*) ;;
        --progress|--provenance|--sbom) shift ;;
        *) arguments+=("$1") ;;
      esac
      shift
    done
    podman build --signature-policy ${folder}/configuration/policy.json --isolation chroot --format docker --layers=false "\${arguments[@]}" ;;
  pull|push)
    verb=$1
    shift
    podman "$verb" --signature-policy ${folder}/configuration/policy.json "$@" ;;
  *) podman "$@" ;;
esac
`;

/** What Docker says in a build whose project does not ask for the privileged mode. */
const UNPRIVILEGED = `#!/bin/bash
echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2
echo "(The project's environment needs privilegedMode: true.)" >&2
exit 1
`;

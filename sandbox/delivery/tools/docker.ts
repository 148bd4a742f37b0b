import { chmod, mkdir, writeFile } from 'node:fs/promises';
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
  constructor(private readonly folder: string) {}

  /** Writes the command into a folder of executables. */
  public async install(bin: string, privileged: boolean): Promise<void> {
    await mkdir(bin, { recursive: true });
    const file = join(bin, 'docker');
    await writeFile(file, privileged ? await this.script() : UNPRIVILEGED);
    await chmod(file, 0o755);
  }

  /** Removes every image and container; some of their files may belong to users that only podman can act as. */
  public async remove(bin: string): Promise<void> {
    await this.install(bin, true);
    await command(join(bin, 'docker'), ['unshare-remove', this.folder], { HOME: bin });
  }

  private async script(): Promise<string> {
    const configuration = join(this.folder, 'configuration');
    await mkdir(configuration, { recursive: true });
    await mkdir(join(this.folder, 'run'), { recursive: true });
    const files = {
      'containers.conf': CONTAINERS(this.folder),
      'storage.conf': `[storage]\ndriver = "vfs"\ngraphroot = "${this.folder}/storage"\nrunroot = "${this.folder}/run"\n\n[storage.options.vfs]\nignore_chown_errors = "true"\n`,
      'registries.conf': 'unqualified-search-registries = ["docker.io"]\n',
      'policy.json': JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }),
    };
    await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(configuration, name), content)));
    return SCRIPT(this.folder);
  }
}

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

/**
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
    exec podman build --signature-policy ${folder}/configuration/policy.json --isolation chroot --format docker --layers=false "\${arguments[@]}" ;;
  pull|push)
    verb=$1
    shift
    exec podman "$verb" --signature-policy ${folder}/configuration/policy.json "$@" ;;
  unshare-remove)
    if [ "$(id -u)" = 0 ]; then exec rm -rf "$2"; else podman unshare rm -rf "$2"; fi ;;
  *) exec podman "$@" ;;
esac
`;

/** What Docker says in a build whose project does not ask for the privileged mode. */
const UNPRIVILEGED = `#!/bin/bash
echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2
echo "(The project's environment needs privilegedMode: true.)" >&2
exit 1
`;

import { join } from 'node:path';
import { ManagedProcess, Processes } from '../../processes';
import { ClusterAccount } from '../account';
import { writePrivate } from '../certificates';
import { until } from '../until';
import { command, SYSTEM_PATH } from './command';
import { packPauseImage, PAUSE_IMAGE } from './pause-image';
import { PodNetwork } from './pod-network';

export interface ContainerdOptions {
  readonly dir: string;
  readonly processes: Processes;
  readonly pause: string;
  readonly network: PodNetwork;
  readonly account: ClusterAccount;
}

/** The kubelet's containers live in this namespace of containerd. */
const NAMESPACE = 'k8s.io';

/** A containerd of the run's own: its own folders and socket, so one that the machine already runs is left alone */
export class Containerd {
  public static async start(options: ContainerdOptions): Promise<Containerd> {
    const containerd = new Containerd(options, await snapshotterFor(options.dir));
    try {
      await until('containerd to answer', async () => containerd.ctr('version'), { timeout: 30_000 });
      await containerd.ctr('images', 'import', await packPauseImage(options.pause, options.dir));
      return containerd;
    } catch (error) {
      await containerd.stop();
      throw new Error(`${(error as Error).message}\n${containerd.process.tail()}`, { cause: error });
    }
  }

  public readonly socket: string;
  private readonly process: ManagedProcess;

  private constructor({ dir, processes, network, account }: ContainerdOptions, snapshotter: string) {
    this.socket = join(dir, 'containerd.sock');
    if (this.socket.length > 100) throw new Error(`The path of containerd's socket is too long for Linux: ${this.socket}. Choose a run folder with a shorter path.`);
    const config = writePrivate(join(dir, 'containerd.toml'), configuration(dir, this.socket, network, snapshotter));
    this.process = processes.start('containerd', 'containerd', ['--config', config], {
      env: {
        PATH: SYSTEM_PATH,
        HTTPS_PROXY: account.proxyUrl, // images come from ECR's own host name
        NO_PROXY: '127.0.0.1,localhost',
        SSL_CERT_FILE: account.caBundleFile,
      },
    });
  }

  /** Ends containers that outlived their pod, then containerd itself. */
  public async stop(): Promise<void> {
    if (this.process.running) {
      const tasks = (await this.ctr('tasks', 'list', '--quiet').catch(() => '')).split('\n').filter(Boolean);
      for (const task of tasks) await this.ctr('tasks', 'delete', '--force', task).catch(() => undefined);
    }
    await this.process.stop();
  }

  private async ctr(...args: string[]): Promise<string> {
    return command('ctr', '--address', this.socket, '--namespace', NAMESPACE, ...args);
  }
}

/** An overlay cannot lie on another one, as in a container. */
async function snapshotterFor(dir: string): Promise<string> {
  return (await command('stat', '--file-system', '--format=%T', dir)).trim() === 'overlayfs' ? 'native' : 'overlayfs';
}

function configuration(dir: string, socket: string, network: PodNetwork, snapshotter: string): string {
  const text = (value: string) => JSON.stringify(value);
  return `version = 2
root = ${text(join(dir, 'containerd'))}
state = ${text(join(dir, 'containerd-state'))}
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = ${text(socket)}
[plugins."io.containerd.internal.v1.opt"]
  path = ${text(join(dir, 'containerd-opt'))}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(PAUSE_IMAGE)}
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(network.pluginFolder)}
    conf_dir = ${text(network.configFolder)}
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = ${text(snapshotter)}
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
`;
}

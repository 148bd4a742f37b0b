import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './command';

/** Where distributions put the CNI plugins */
const PLUGIN_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin'];
const IP_FORWARD = '/proc/sys/net/ipv4/ip_forward';

/**
 * The pods' network: a bridge of its own, reached from this machine only
 *
 * It uses 198.18.0.0/15, which is reserved for tests. Kubernetes wants a node address that is not loopback's, so the
 * node gets one on the loopback interface. No rule of the firewall is touched.
 */
export class PodNetwork {
  /** Takes a range that nobody on this machine uses. */
  public static async create(dir: string): Promise<PodNetwork> {
    const addresses = await command('ip', '-o', 'addr');
    const free = Array.from({ length: 254 }, (_, i) => i + 1).filter(n => !addresses.includes(`198.18.${n}.`));
    if (free.length === 0) throw new Error('All of 198.18.0.0/16 is in use on this machine: take the addresses of earlier runs away (ip addr).');
    const network = new PodNetwork(dir, free[Math.floor(Math.random() * free.length)]);
    await network.setUp();
    return network;
  }

  public readonly pluginFolder = PLUGIN_FOLDERS.find(folder => existsSync(join(folder, 'bridge'))) ?? PLUGIN_FOLDERS[0];
  public readonly configFolder: string;
  public readonly nodeAddress: string;
  private readonly bridge: string;
  private readonly ipForward = readFileSync(IP_FORWARD, 'utf8');

  private constructor(private readonly dir: string, private readonly range: number) {
    this.configFolder = join(dir, 'cni');
    this.nodeAddress = `198.18.${range}.254`;
    this.bridge = `gitops${range}`;
  }

  public async tearDown(): Promise<void> {
    await command('ip', 'link', 'delete', this.bridge).catch(() => undefined); // without a pod there never was one
    await command('ip', 'addr', 'delete', `${this.nodeAddress}/32`, 'dev', 'lo');
    writeFileSync(IP_FORWARD, this.ipForward); // the bridge plugin switches it on
  }

  private async setUp(): Promise<void> {
    mkdirSync(this.configFolder, { recursive: true });
    writeFileSync(join(this.configFolder, '10-sandbox.conflist'), JSON.stringify({
      cniVersion: '1.0.0',
      name: this.bridge,
      plugins: [{
        type: 'bridge',
        bridge: this.bridge,
        isGateway: true,
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: join(this.dir, 'cni-addresses'),
          ranges: [[{ subnet: `198.18.${this.range}.0/24`, rangeEnd: `198.18.${this.range}.250` }]],
        },
      }],
    }));
    await command('ip', 'addr', 'add', `${this.nodeAddress}/32`, 'dev', 'lo');
  }
}

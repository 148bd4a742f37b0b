import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Account } from './account';
import { Cluster } from './cluster';
import { Delivery, DELIVERY_COMMANDS } from './delivery';
import { buildParts } from './parts/build';
import { ensureDebian } from './parts/debian';
import { Processes } from './processes';

/** How a run is started */
export interface SandboxOptions {
  /** The run folder: everything that the run writes lies below it. */
  readonly dir: string;
  /** Real worker node (needs root) or simulated ones; `auto` takes the real one where it can be had. */
  readonly nodes?: 'real' | 'kwok' | 'auto';
  /** One line for each thing that takes time. */
  readonly onProgress?: (line: string) => void;
}

/**
 * An AWS account without AWS, in which a synthesized template really runs
 *
 * Real: Git, the registry, the image build, the Kubernetes control plane, Flux, the bundled handlers. The account's ends
 * are stand-ins that follow the documented APIs.
 */
export class Sandbox {
  public static async start({ dir, nodes = 'auto', onProgress = () => undefined }: SandboxOptions): Promise<Sandbox> {
    mkdirSync(dir, { recursive: true });
    await ensureDebian([...DELIVERY_COMMANDS]);
    const parts = await buildParts({ onProgress });
    const processes = new Processes(dir);
    try {
      const account = await Account.start({ dir: join(dir, 'account'), processes, parts, onProgress });
      const [cluster, delivery] = await Promise.all([
        Cluster.start({ dir: join(dir, 'cluster'), processes, parts, nodes, account, onProgress }),
        Delivery.start({ dir: join(dir, 'delivery'), account, processes, parts, onProgress }),
      ]);
      return new Sandbox(dir, processes, account, cluster, delivery);
    } catch (error) {
      await processes.stopAll().catch(() => undefined); // the first failure is the one to tell
      throw error;
    }
  }

  private constructor(
    public readonly dir: string,
    public readonly processes: Processes,
    public readonly account: Account,
    public readonly cluster: Cluster,
    public readonly delivery: Delivery,
  ) {}

  /** Ends every process of the run. */
  public async stop(): Promise<void> {
    await this.processes.stopAll();
  }
}

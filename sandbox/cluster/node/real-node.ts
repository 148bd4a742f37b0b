import { mkdirSync } from 'node:fs';
import { CoreV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { ensureDebian } from '../../parts/debian';
import { ManagedProcess, Processes } from '../../processes';
import { ClusterAccount } from '../account';
import { CertificateAuthority } from '../certificates';
import { isReady } from '../kwok-nodes';
import { NodeGroup, nodeLabels } from '../node-group';
import { NODE_LABEL } from '../pod-annotations';
import { until } from '../until';
import { Containerd } from './containerd';
import { startKubelet } from './kubelet';
import { Leftovers } from './leftovers';
import { PodNetwork } from './pod-network';

export interface RealNodeOptions {
  readonly dir: string;
  readonly processes: Processes;
  readonly parts: Record<string, string>;
  readonly account: ClusterAccount;
  readonly onProgress?: (message: string) => void;
}

/** What a node needs of the cluster that it joins */
export interface JoinOptions {
  readonly kubeconfig: string;
  readonly authority: CertificateAuthority;
  readonly core: CoreV1Api;
  readonly credentialsUrl: string;
  /** Ends what would start new pods while the node is being emptied */
  readonly stopControllers: () => Promise<void>;
}

/** The name that the node's token is for */
const NODE_NAME = 'real';

/** This machine as a node: pods are containers, pulled with the node role's credentials */
export class RealNode {
  /** Installs what is missing and starts the container runtime; fails where this machine does not allow it. */
  public static async prepare(options: RealNodeOptions): Promise<RealNode> {
    if (process.getuid?.() !== 0) throw new Error('A real node needs root.');
    await ensureDebian([
      { command: 'containerd', package: 'containerd' },
      { command: 'runc', package: 'runc' },
      { command: '/usr/lib/cni/bridge', package: 'containernetworking-plugins' },
      { command: 'ip', package: 'iproute2' },
    ], options.onProgress);
    mkdirSync(options.dir, { recursive: true });
    const node = new RealNode(options, await PodNetwork.create(options.dir));
    options.processes.beforeStop('network and cgroups of the node', async () => node.cleanUp());
    try {
      node.containerd = await Containerd.start({ ...options, pause: options.parts.pause, network: node.network });
    } catch (error) {
      await node.cleanUp();
      throw error;
    }
    return node;
  }

  private readonly leftovers = new Leftovers();
  private containerd?: Containerd;
  private kubelet?: ManagedProcess;
  private joined?: JoinOptions;
  private draining?: Promise<void>;
  private cleaning?: Promise<void>;

  private constructor(private readonly options: RealNodeOptions, private readonly network: PodNetwork) {}

  /** Makes it a node of the cluster and waits until it is ready. */
  public async join(group: NodeGroup, cluster: JoinOptions): Promise<void> {
    const { dir, parts, processes } = this.options;
    this.joined = cluster;
    this.kubelet = await startKubelet({
      ...cluster,
      dir,
      processes,
      kubelet: parts.kubelet,
      nodeName: NODE_NAME,
      nodeAddress: this.network.nodeAddress,
      labels: { ...nodeLabels(group), [NODE_LABEL]: 'real' },
      containerdSocket: this.containerd!.socket,
    });
    const { kubelet } = this;
    processes.beforeStop('workloads of the node', async () => this.drain());
    await until('the real node to be ready', async () => {
      if (!kubelet.running) throw new Error(`the kubelet ended:\n${kubelet.tail()}`);
      return isReady(await cluster.core.readNode({ name: NODE_NAME }));
    }, { timeout: 60_000 });
  }

  /** Takes it out of the cluster, as a node group that is deleted does; it can join again. */
  public async leave(): Promise<void> {
    const { joined } = this;
    if (!joined) return;
    await joined.core.patchNode({ name: NODE_NAME, body: { spec: { unschedulable: true } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
    await this.deletePods(joined.core);
    await this.kubelet?.stop();
    await joined.core.deleteNode({ name: NODE_NAME });
    this.joined = undefined;
  }

  /** Ends the workloads, the kubelet and containerd, in this order, and leaves nothing behind. */
  public async stop(): Promise<void> {
    await this.drain().catch(error => this.options.onProgress?.(error.message));
    await this.kubelet?.stop();
    await this.cleanUp();
  }

  /** While API server, kubelet and containerd still run: only they take a pod down with its mounts and addresses. */
  private async drain(): Promise<void> {
    this.draining ??= this.empty();
    return this.draining;
  }

  private async empty(): Promise<void> {
    const { joined, kubelet } = this;
    if (!joined || !kubelet?.running) return;
    await joined.stopControllers();
    await this.deletePods(joined.core);
  }

  private async deletePods(core: CoreV1Api): Promise<void> {
    const fieldSelector = `spec.nodeName=${NODE_NAME}`;
    const pods = async () => (await core.listPodForAllNamespaces({ fieldSelector })).items;
    for (const { metadata } of await pods()) {
      await core.deleteNamespacedPod({ name: metadata!.name!, namespace: metadata!.namespace!, gracePeriodSeconds: 1 }).catch(ignoreMissing);
    }
    await until('the node\'s pods to end', async () => (await pods()).length === 0, { timeout: 60_000 }); // seconds, but for a busy machine
  }

  private async cleanUp(): Promise<void> {
    this.cleaning ??= this.removeEverything();
    return this.cleaning;
  }

  private async removeEverything(): Promise<void> {
    const { dir } = this.options;
    await this.containerd?.stop();
    await this.leftovers.remove(dir, this.containerd?.socket);
    await this.network.tearDown();
  }
}

function ignoreMissing(error: { code?: number }): void {
  if (error.code !== 404) throw error;
}

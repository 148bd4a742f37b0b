import { join } from 'node:path';
import { CoreV1Api, V1Node } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { ManagedProcess, Processes } from '../processes';
import { writePrivate } from './certificates';
import { podStages } from './kwok-stages';
import { NodeGroup, nodeLabels } from './node-group';
import { NODE_LABEL } from './pod-annotations';
import { until } from './until';

export interface KwokOptions {
  readonly dir: string;
  readonly processes: Processes;
  readonly kwok: string;
  readonly kubeconfig: string;
  readonly core: CoreV1Api;
}

/** More nodes than that show nothing more */
const MOST_NODES = 3;

/** Nodes that run nothing: kwok says of each pod what a kubelet would say */
export class KwokNodes {
  private process?: ManagedProcess;

  constructor(private readonly options: KwokOptions) {}

  /** Brings a node group's nodes up and waits until they are ready. */
  public async add(group: NodeGroup): Promise<void> {
    this.process ??= this.start();
    const names = Array.from({ length: Math.min(group.size, MOST_NODES) }, (_, i) => `kwok-${group.name.slice(-40)}-${i}`.toLowerCase()); // at most 63 characters
    for (const name of names) await this.options.core.createNode({ body: toNode(name, group) });
    await until(`nodes ${names.join(', ')} to be ready`, async () => {
      const nodes = await Promise.all(names.map(async name => this.options.core.readNode({ name })));
      return nodes.every(isReady);
    }, { timeout: 30_000 });
  }

  public async remove(group: NodeGroup): Promise<void> {
    const labelSelector = `eks.amazonaws.com/nodegroup=${group.name},${NODE_LABEL}=kwok`;
    await this.options.core.deleteCollectionNode({ labelSelector });
  }

  public async stop(): Promise<void> {
    await this.process?.stop();
  }

  private start(): ManagedProcess {
    const { dir, kubeconfig, kwok, processes } = this.options;
    const config = writePrivate(join(dir, 'kwok.yaml'), podStages().map(stage => stringify(stage)).join('---\n'));
    return processes.start('kwok', kwok, [
      `--kubeconfig=${kubeconfig}`, `--config=${config}`,
      `--manage-nodes-with-label-selector=${NODE_LABEL}=kwok`, // never a real one
      '--node-lease-duration-seconds=40',
      '--cidr=10.96.0.0/16', '--node-ip=127.0.0.1',
    ]);
  }
}

/** Ready, and open for pods: the taint goes a moment later. */
export function isReady(node: V1Node): boolean {
  const taints = node.spec?.taints?.map(({ key }) => key) ?? [];
  return !taints.includes('node.kubernetes.io/not-ready')
    && (node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false);
}

function toNode(name: string, group: NodeGroup): V1Node {
  const resources = { cpu: '8', memory: '32Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        ...nodeLabels(group),
        [NODE_LABEL]: 'kwok',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': group.architecture,
      },
    },
    status: { allocatable: resources, capacity: resources, nodeInfo: { architecture: group.architecture, operatingSystem: 'linux' } as any },
  };
}

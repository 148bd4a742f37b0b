import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { refuseClusterProps } from './cluster-props';
import { DEFAULT_KUBERNETES_VERSION } from '../../cluster/kubernetes-support';
import { PlatformCluster } from '../../cluster/platform-cluster';
import { WorkerNodes } from '../../cluster/worker-nodes';
import type { GitOpsPlatformProps } from '../gitops-platform-props';

/** A cluster, and what has to exist before pods with identities run in it. */
export interface PlatformCompute {
  readonly cluster: eks.ICluster;
  readonly ready: IDependable;
}

/** Takes the cluster that was brought along, or makes one with nodes and the Pod Identity agent. */
export function createOrUseCluster(scope: Construct, key: kms.IKey, props: GitOpsPlatformProps): PlatformCompute {
  if (props.cluster) {
    refuseClusterProps(scope, props);
    return { cluster: props.cluster, ready: new DependencyGroup() };
  }
  const { cluster } = new PlatformCluster(scope, 'Cluster', { ...props, secretsEncryptionKey: key });
  const nodes = new WorkerNodes(scope, 'WorkerNodes', {
    ...props, cluster, kubernetesVersion: props.kubernetesVersion ?? DEFAULT_KUBERNETES_VERSION,
  });
  const agent = cluster.eksPodIdentityAgent!;
  agent.node.addDependency(nodes); // it is healthy only where it runs
  return { cluster, ready: new DependencyGroup(nodes, agent) };
}

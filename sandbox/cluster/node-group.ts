/** What an AWS::EKS::Nodegroup says that a node shows */
export interface NodeGroup {
  readonly name: string;
  readonly roleArn: string;
  readonly instanceType: string;
  readonly architecture: 'amd64' | 'arm64';
  readonly size: number;
  readonly labels: Record<string, string>;
}

export function toNodeGroup(name: string, props: any): NodeGroup {
  return {
    name,
    roleArn: props.NodeRole,
    instanceType: props.InstanceTypes?.[0] ?? 't3.medium',
    architecture: /ARM_64/.test(props.AmiType ?? '') ? 'arm64' : 'amd64',
    size: Number(props.ScalingConfig?.DesiredSize ?? props.ScalingConfig?.MinSize ?? 2),
    labels: props.Labels ?? {},
  };
}

/** The labels by which EKS's nodes are known */
export function nodeLabels(group: NodeGroup): Record<string, string> {
  return {
    ...group.labels,
    'eks.amazonaws.com/nodegroup': group.name,
    'eks.amazonaws.com/capacityType': 'ON_DEMAND',
    'node.kubernetes.io/instance-type': group.instanceType,
  };
}

import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnNodegroup } from 'aws-cdk-lib/aws-eks';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { NodeArchitecture } from './node-architecture';
import { nodeInstanceTypes } from './node-instance-types';
import { PRIVATE_SUBNETS } from './private-subnets';
import { acknowledge } from '../private/acknowledge';
import { managedPolicy } from '../private/acknowledge-findings';
import { InvalidPropError } from '../private/invalid-prop';

/**
 * Properties of worker nodes.
 */
export interface WorkerNodesProps {
  /**
   * Cluster that the nodes belong to.
   */
  readonly cluster: eks.ICluster;

  /**
   * Architecture of the nodes.
   *
   * @default NodeArchitecture.ARM64
   */
  readonly architecture?: NodeArchitecture;

  /**
   * Kubernetes version of the nodes. Without it CloudFormation leaves nodes at the version with which they were made,
   * also when the cluster gets a newer one.
   *
   * @default - the cluster's at the time when the node group is made
   */
  readonly kubernetesVersion?: eks.KubernetesVersion;

  /**
   * Instance types in order of preference, all of the `architecture`. Several, so that one that is short of capacity
   * does not stop the cluster from growing.
   *
   * @default - large and xlarge general-purpose instances of two generations
   */
  readonly instanceTypes?: ec2.InstanceType[];

  /**
   * The fewest nodes, and how many there are at first.
   *
   * @default 2
   */
  readonly minNodes?: number;

  /**
   * The most nodes.
   *
   * @default 4
   */
  readonly maxNodes?: number;
}

/** The nodes' image. */
const AMI_TYPES = {
  [NodeArchitecture.ARM64]: eks.NodegroupAmiType.AL2023_ARM_64_STANDARD,
  [NodeArchitecture.AMD64]: eks.NodegroupAmiType.AL2023_X86_64_STANDARD,
};

/** https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
const MAX_NODES = 450;

/**
 * A managed node group whose pods cannot take the nodes' credentials.
 */
export class WorkerNodes extends Construct {
  /**
   * The node group.
   */
  public readonly nodegroup: eks.Nodegroup;

  public constructor(scope: Construct, id: string, props: WorkerNodesProps) {
    super(scope, id);
    const architecture = props.architecture ?? NodeArchitecture.ARM64;
    const instanceTypes = nodeInstanceTypes(this, architecture, props.instanceTypes);
    const [minSize, maxSize] = this.requireSizes(props.minNodes ?? 2, props.maxNodes ?? Math.max(4, props.minNodes ?? 0));

    this.nodegroup = new eks.Nodegroup(this, 'Nodegroup', {
      cluster: props.cluster,
      amiType: AMI_TYPES[architecture],
      instanceTypes,
      minSize,
      maxSize,
      subnets: PRIVATE_SUBNETS,
      nodeRole: this.role(),
      launchTemplateSpec: this.launchTemplateSpec(),
    });
    // the node group's construct has no prop for it
    (this.nodegroup.node.defaultChild as CfnNodegroup).version = props.kubernetesVersion?.version;
  }

  private role(): iam.Role {
    const policies = [
      'AmazonEKSWorkerNodePolicy',
      // the network add-on has to work before the Pod Identity agent, which itself needs the network
      'AmazonEKS_CNI_Policy',
      'AmazonEC2ContainerRegistryPullOnly',
    ];
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: policies.map((name) => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    acknowledge(role, ...policies.map((name) => managedPolicy(
      name, 'EKS asks nodes for this policy, and AWS keeps it in step with what the node\'s agents do. Pods cannot take the node\'s credentials.',
    )));
    return role;
  }

  /** One hop ends at the node itself, so pods on the cluster's network get no answer. */
  private launchTemplateSpec(): eks.LaunchTemplateSpec {
    const template = new ec2.LaunchTemplate(this, 'LaunchTemplate', {
      httpTokens: ec2.LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      blockDevices: [{
        deviceName: '/dev/xvda',
        volume: ec2.BlockDeviceVolume.ebs(40, { volumeType: ec2.EbsDeviceVolumeType.GP3, encrypted: true }),
      }],
    });
    return { id: template.launchTemplateId!, version: template.latestVersionNumber };
  }

  private requireSizes(min: number, max: number): [number, number] {
    const inOrder = Number.isInteger(min) && Number.isInteger(max) && min >= 1 && min <= max && max <= MAX_NODES;
    if (!Token.isUnresolved(min) && !Token.isUnresolved(max) && !inOrder) {
      throw new InvalidPropError(this, {
        prop: 'minNodes and maxNodes',
        value: `${min} and ${max}`,
        allowed: `they are whole numbers with 1 ≤ minNodes ≤ maxNodes ≤ ${MAX_NODES}`,
        advice: 'Change one of the two.',
      });
    }
    return [min, max];
  }
}

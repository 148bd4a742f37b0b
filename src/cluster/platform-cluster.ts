import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnCluster } from 'aws-cdk-lib/aws-eks';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { checkKubernetesVersion, DEFAULT_KUBERNETES_VERSION } from './kubernetes-support';
import { PlatformNetwork } from './platform-network';
import { PRIVATE_SUBNETS, requirePrivateSubnets } from './private-subnets';
import { acknowledge } from '../private/acknowledge';
import { managedPolicy } from '../private/acknowledge-findings';

/**
 * Properties of a platform's cluster.
 */
export interface PlatformClusterProps {
  /**
   * Network of the cluster, with private subnets that reach AWS APIs.
   *
   * @default - a new one over two availability zones with one NAT gateway
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Kubernetes version: 1.34, 1.35 or 1.36.
   *
   * @default - 1.36
   */
  readonly kubernetesVersion?: eks.KubernetesVersion;

  /**
   * Who can reach the API endpoint.
   *
   * @default EndpointAccess.PRIVATE
   */
  readonly endpointAccess?: eks.EndpointAccess;

  /**
   * Key that encrypts Kubernetes Secrets.
   *
   * @default - the key that EKS owns
   */
  readonly secretsEncryptionKey?: kms.IKey;

  /**
   * Whether the cluster refuses to be deleted until this is taken back.
   *
   * @default false
   */
  readonly deletionProtection?: boolean;
}

/**
 * An EKS cluster whose API only its own network reaches, with control-plane logs and access by IAM alone.
 *
 * Nobody is an administrator by default, not even who creates it: give people access by `eks.AccessEntry`.
 */
export class PlatformCluster extends Construct {
  /**
   * The cluster.
   */
  public readonly cluster: eks.Cluster;

  /**
   * The network.
   */
  public readonly vpc: ec2.IVpc;

  public constructor(scope: Construct, id: string, props: PlatformClusterProps = {}) {
    super(scope, id);
    const version = props.kubernetesVersion ?? DEFAULT_KUBERNETES_VERSION;
    checkKubernetesVersion(this, version);

    if (props.vpc) {
      requirePrivateSubnets(this, props.vpc, 2); // EKS asks for two zones
    }
    this.vpc = props.vpc ?? new PlatformNetwork(this, 'Network').vpc;
    this.cluster = new eks.Cluster(this, 'Cluster', {
      version,
      vpc: this.vpc,
      vpcSubnets: [PRIVATE_SUBNETS],
      endpointAccess: props.endpointAccess ?? eks.EndpointAccess.PRIVATE,
      secretsEncryptionKey: props.secretsEncryptionKey,
      clusterLogging: Object.values(eks.ClusterLoggingTypes),
      bootstrapClusterCreatorAdminPermissions: false,
      defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
      defaultCapacity: 0, // WorkerNodes are the capacity
    });
    acknowledge(this.cluster, {
      id: 'CloudFormation-Validate::W9009',
      reason: 'The CDK names the resources that EKS encrypts, which older versions of EKS asked for. Secrets are still the only ones.',
    });
    acknowledge(this.cluster.role, managedPolicy(
      'AmazonEKSClusterPolicy', 'EKS asks for this policy, and AWS keeps it in step with what the control plane does.',
    ));
    if (props.deletionProtection) {
      (this.cluster.node.defaultChild as CfnCluster).deletionProtection = true; // the L2 has no prop for it
    }
  }
}

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnAccessEntry, type CfnAccessEntryProps } from 'aws-cdk-lib/aws-eks';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, DependencyGroup } from 'constructs';
import { requirePrivateSubnets } from './private-subnets';
import { InvalidPropError } from '../private/invalid-prop';

/**
 * Properties of the way to a cluster.
 */
export interface ClusterAccessProps {
  /**
   * Cluster to reach. An imported one needs its endpoint, certificate authority and security group.
   */
  readonly cluster: eks.ICluster;

  /**
   * Network to reach it from.
   *
   * @default - the cluster's
   */
  readonly vpc?: ec2.IVpc;
}

/**
 * The way from Lambda functions to a cluster's API: a place in its network, and access entries for their roles.
 */
export class ClusterAccess extends Construct {
  /**
   * The cluster that is reached.
   */
  public readonly cluster: eks.ICluster;

  /**
   * The network of the functions.
   */
  public readonly vpc: ec2.IVpc;

  /**
   * The security group of the functions.
   */
  public readonly securityGroup: ec2.ISecurityGroup;

  /**
   * The environment variables by which a function finds the cluster.
   */
  public readonly environment: { [name: string]: string };

  /**
   * What has to be there before a function can reach the cluster.
   */
  public readonly reachable = new DependencyGroup();

  public constructor(scope: Construct, id: string, props: ClusterAccessProps) {
    super(scope, id);
    const { cluster } = props;
    this.requireReachable(cluster, props.vpc);
    this.cluster = cluster;
    this.vpc = props.vpc ?? cluster.vpc;
    requirePrivateSubnets(this, this.vpc, 1);
    this.environment = {
      CLUSTER_NAME: cluster.clusterName,
      CLUSTER_ENDPOINT: cluster.clusterEndpoint,
      CLUSTER_CERTIFICATE_AUTHORITY: cluster.clusterCertificateAuthorityData,
    };

    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: this.vpc,
      description: 'Functions that reach the cluster and AWS APIs, by HTTPS only',
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'Kubernetes and AWS APIs');
    const ingress = new ec2.CfnSecurityGroupIngress(this, 'Ingress', {
      groupId: cluster.clusterSecurityGroupId,
      sourceSecurityGroupId: this.securityGroup.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      description: 'Functions of the platform',
    });
    this.reachable.add(ingress);
  }

  /**
   * Makes a role a member of a Kubernetes group, which RBAC can give rights.
   *
   * @param id the access entry's id in this construct
   * @param role who reaches the cluster
   * @param group the group's name
   */
  public addGroupMember(id: string, role: iam.IRole, group: string): void {
    this.addAccessEntry(id, role, { kubernetesGroups: [group] });
  }

  /**
   * Makes a role an administrator of the cluster.
   *
   * @param id the access entry's id in this construct
   * @param role who reaches the cluster
   */
  public addAdministrator(id: string, role: iam.IRole): void {
    this.addAccessEntry(id, role, {
      accessPolicies: [{
        policyArn: eks.AccessPolicyArn.AMAZON_EKS_CLUSTER_ADMIN_POLICY.policyArn,
        accessScope: { type: eks.AccessScopeType.CLUSTER },
      }],
    });
  }

  /** The L2 knows no Kubernetes groups. */
  private addAccessEntry(id: string, role: iam.IRole, rights: Pick<CfnAccessEntryProps, 'kubernetesGroups' | 'accessPolicies'>): void {
    this.reachable.add(new CfnAccessEntry(this, id, {
      clusterName: this.cluster.clusterName,
      principalArn: role.roleArn,
      ...rights,
    }));
  }

  private requireReachable(cluster: eks.ICluster, vpc?: ec2.IVpc): void {
    const missing = [
      ...(vpc ? [] : [{ attribute: 'vpc', read: () => cluster.vpc }]),
      { attribute: 'clusterEndpoint', read: () => cluster.clusterEndpoint },
      { attribute: 'clusterCertificateAuthorityData', read: () => cluster.clusterCertificateAuthorityData },
      { attribute: 'clusterSecurityGroupId', read: () => cluster.clusterSecurityGroupId },
    ].filter(({ read }) => !answers(read)).map(({ attribute }) => attribute);
    if (missing.length > 0) {
      throw new InvalidPropError(this, {
        prop: 'cluster',
        value: cluster.node.path,
        allowed: `the way to an imported cluster needs ${missing.join(', ')}, too`,
        advice: `Pass ${missing.length > 1 ? 'them' : 'it'} to Cluster.fromClusterAttributes().`,
      });
    }
  }
}

/** An imported cluster throws where it was not told an attribute; asking is the only way to collect all that is missing. */
function answers(read: () => unknown): boolean {
  try {
    return read() !== undefined;
  } catch {
    return false;
  }
}

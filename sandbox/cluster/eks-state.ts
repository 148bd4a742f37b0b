/** What the template's EKS resources said, and the cluster acts on */
export class EksState {
  /** Name of the cluster, once the template created it */
  public clusterName?: string;
  /** By role ARN */
  public readonly accessEntries = new Map<string, AccessEntry>();
  /** By `namespace/service account` */
  public readonly podIdentities = new Map<string, string>();
  /** Role of the nodes, once there are any */
  public nodeRoleArn?: string;
  public readonly addons = new Set<string>();
  /** Images that fail on kwok nodes, by digest, or by `namespace/digest` where they fail in one namespace only */
  public readonly brokenImages = new Map<string, ImageFault>();

  public podIdentityOf(namespace: string, serviceAccount: string): string | undefined {
    return this.podIdentities.get(`${namespace}/${serviceAccount}`);
  }
}

/** How an image fails: its program ends, it cannot be pulled, or it never answers its readiness probe */
export type ImageFault = 'crash' | 'pull' | 'never-ready';

export interface AccessEntry {
  readonly username: string;
  readonly groups: string[];
}

/** What an AWS::EKS::AccessEntry says */
export interface AccessEntryProps {
  readonly PrincipalArn: string;
  readonly Username?: string;
  readonly KubernetesGroups?: string[];
  readonly AccessPolicies?: { readonly PolicyArn: string; readonly AccessScope: { readonly Type: string } }[];
  readonly Type?: string;
}

/** EKS refuses groups that Kubernetes or AWS keep for themselves. */
const RESERVED_PREFIXES = ['system:', 'eks:', 'aws:', 'amazon:', 'iam:'];

/** Translates an access entry to what Kubernetes knows: a name and groups. */
export function toAccessEntry(props: AccessEntryProps): AccessEntry {
  if ((props.Type ?? 'STANDARD') !== 'STANDARD') {
    throw new Error(`Access entry of ${props.PrincipalArn} has type ${props.Type}: the sandbox knows STANDARD only.`);
  }
  const groups = props.KubernetesGroups ?? [];
  const reserved = groups.find(group => RESERVED_PREFIXES.some(prefix => group.startsWith(prefix)));
  if (reserved) {
    throw new Error(`Access entry of ${props.PrincipalArn} has Kubernetes group ${reserved}: names must not start with ${RESERVED_PREFIXES.join(', ')}.`);
  }
  return { username: props.Username ?? props.PrincipalArn, groups: [...groups, ...(props.AccessPolicies ?? []).map(toGroup)] };
}

function toGroup({ PolicyArn, AccessScope }: { PolicyArn: string; AccessScope: { Type: string } }): string {
  const policy = PolicyArn.split('/').at(-1);
  if (policy !== 'AmazonEKSClusterAdminPolicy' || AccessScope.Type !== 'cluster') {
    throw new Error(`Access policy ${policy} with scope ${AccessScope.Type}: the sandbox knows AmazonEKSClusterAdminPolicy with scope cluster only.`);
  }
  return 'system:masters';
}

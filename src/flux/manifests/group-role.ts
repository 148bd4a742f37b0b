import { KubernetesManifest } from './kubernetes-object';
import { FLUX_NAMESPACE, MANAGED_BY_LABELS } from './names';

/** One rule of a Role. */
export interface PolicyRule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}

const RBAC = 'rbac.authorization.k8s.io';

/** A Role in Flux's namespace and its binding to a group, which EKS access entries give to IAM roles. */
export function groupRole(name: string, group: string, rules: PolicyRule[]): KubernetesManifest[] {
  const metadata = { name, namespace: FLUX_NAMESPACE, labels: MANAGED_BY_LABELS };
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: [{ apiGroup: RBAC, kind: 'Group', name: group }],
    },
  ];
}

import { Environment, environmentObjectName } from './environment';
import { KubernetesManifest } from './kubernetes-object';
import { DEPLOY_GROUP, FLUX_NAMESPACE, MANAGED_BY_LABELS, ROLLOUTS_ROLE } from './names';

const RBAC = 'rbac.authorization.k8s.io';

/**
 * The environment's namespace, the account that Flux acts as in it, and who else may look into it.
 *
 * The account lies beside Flux and its rights end at the namespace, so an overlay cannot reach another environment.
 */
export function environmentNamespace(environment: Environment): KubernetesManifest[] {
  const account = environmentObjectName(environment);
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: environment.namespace, labels: { ...MANAGED_BY_LABELS, ...podSecurity('restricted') } },
    },
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: account, namespace: FLUX_NAMESPACE, labels: MANAGED_BY_LABELS },
      automountServiceAccountToken: false,
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'flux', namespace: environment.namespace, labels: MANAGED_BY_LABELS },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: FLUX_NAMESPACE }],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name: ROLLOUTS_ROLE, namespace: environment.namespace, labels: MANAGED_BY_LABELS },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: ROLLOUTS_ROLE },
      subjects: [{ apiGroup: RBAC, kind: 'Group', name: DEPLOY_GROUP }],
    },
  ];
}

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
function podSecurity(level: string): Record<string, string> {
  return {
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': level,
  };
}

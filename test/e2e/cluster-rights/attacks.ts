/** An object that a staging overlay may not write, and what of the cluster's refusal tells why */
export interface Attack {
  readonly name: string;
  readonly object: { readonly apiVersion: string; readonly kind: string; readonly metadata: object; readonly [field: string]: unknown };
  /** Moved there behind Flux's back, which gives each object the overlay's own namespace. */
  readonly namespace?: string;
  readonly refusal: RegExp;
}

/** On every object of an attack, so that nothing of it can be missed. */
export const ATTACK_LABEL = 'hijacked';
/** Another application's, as the platform makes it. */
export const OTHER_NAMESPACE = 'other-production';

const RBAC = 'rbac.authorization.k8s.io';
const metadata = { name: 'hijacked', labels: { [ATTACK_LABEL]: 'yes' } };
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: 'value' } };

function elsewhere(whose: string, namespace: string): Attack {
  return { name: `into ${whose}`, object: configMap, namespace, refusal: new RegExp(`cannot patch resource "configmaps" .*in the namespace "${namespace}"`) };
}

export const ATTACKS: Attack[] = [
  elsewhere('production\'s namespace', 'shop-production'),
  elsewhere('Flux\'s namespace', 'flux-system'),
  elsewhere('another application\'s namespace', OTHER_NAMESPACE),
  {
    name: 'over what Flux follows',
    object: {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { ...metadata, name: 'infrastructure' },
      spec: { interval: '1m', url: 'https://example.com/hijacked' },
    },
    namespace: 'flux-system',
    refusal: /cannot patch resource "gitrepositories" .*in the namespace "flux-system"/,
  },
  {
    name: 'the administrator\'s rights in the cluster',
    object: {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'shop-staging', namespace: 'flux-system' }],
    },
    refusal: /cannot patch resource "clusterrolebindings" .*at the cluster scope/,
  },
  {
    name: 'more rights in its own namespace',
    object: {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: ['kustomize.toolkit.fluxcd.io'], resources: ['kustomizations'], verbs: ['*'] }],
    },
    refusal: /attempting to grant RBAC permissions not currently held/,
  },
  {
    name: 'its own namespace, for privileged pods',
    object: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop-staging', labels: { [ATTACK_LABEL]: 'yes', 'pod-security.kubernetes.io/enforce': 'privileged' } },
    },
    refusal: /cannot patch resource "namespaces"/,
  },
  {
    name: 'an order to Flux, which would act as its administrator',
    object: {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata,
      spec: { interval: '1m', prune: false, path: './apps/shop/staging', targetNamespace: 'shop-production', sourceRef: { kind: 'GitRepository', name: 'own' } },
    },
    refusal: /cannot patch resource "kustomizations" .*in the namespace "shop-staging"/,
  },
];

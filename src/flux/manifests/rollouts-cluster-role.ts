import { KubernetesManifest } from './kubernetes-object';
import { MANAGED_BY_LABELS, ROLLOUTS_ROLE } from './names';

/** What it takes to see a rollout succeed, or why it does not. Bound per namespace, so it reaches environments only. */
export function rolloutsClusterRole(): KubernetesManifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: ROLLOUTS_ROLE, labels: MANAGED_BY_LABELS },
    rules: [
      // what Flux applied is known by name
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], verbs: ['get'] },
      { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: ['get'] },
      // what its controllers make of it is not
      { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    ],
  };
}

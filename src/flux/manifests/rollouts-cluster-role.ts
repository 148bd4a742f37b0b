import { KubernetesManifest } from './kubernetes-object';
import { MANAGED_BY_LABELS, ROLLOUTS_ROLE } from './names';

const READ = ['get', 'list'];

/** What it takes to see a rollout succeed, or why it does not. Bound per namespace, so it reaches environments only. */
export function rolloutsClusterRole(): KubernetesManifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: ROLLOUTS_ROLE, labels: MANAGED_BY_LABELS },
    rules: [
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'controllerrevisions'], verbs: READ },
      { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: READ },
      { apiGroups: [''], resources: ['pods', 'events'], verbs: READ },
    ],
  };
}

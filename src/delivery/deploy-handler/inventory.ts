import { KubernetesObject, ObjectRef } from '../../kubernetes/kubernetes-api';

/** The kinds whose pods a rollout consists of. */
const WORKLOADS = new Set(['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', 'batch/CronJob', 'batch/Job']);

/** The workloads that a Kustomization applied to a namespace. */
export function workloadsOf(kustomization: KubernetesObject, namespace: string): ObjectRef[] {
  const entries: { id: string; v: string }[] = kustomization.status?.inventory?.entries ?? [];
  return entries.flatMap((entry) => {
    // <namespace>_<name>_<group>_<kind>; none of a workload's parts may hold an underscore
    const [entryNamespace, name, group, kind] = entry.id.split('_');
    return entryNamespace === namespace && WORKLOADS.has(`${group}/${kind}`)
      ? [{ apiVersion: `${group}/${entry.v}`, kind, name, namespace }]
      : [];
  });
}

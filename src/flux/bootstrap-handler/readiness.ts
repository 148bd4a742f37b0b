import { describe, KubernetesApi, KubernetesObject, ObjectRef, refOf } from '../../kubernetes/kubernetes-api';

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** Waiting reasons of a container that is on its way. */
const ON_ITS_WAY = ['ContainerCreating', 'PodInitializing'];

export function conditionOf(object: KubernetesObject, type: string): Condition | undefined {
  return (object.status?.conditions as Condition[] | undefined)?.find((condition) => condition.type === type);
}

/** What keeps a CustomResourceDefinition from being served. */
export function establishedProblem(crd: KubernetesObject | undefined): string | undefined {
  if (!crd) {
    return 'missing';
  }
  const rejected = conditionOf(crd, 'NamesAccepted');
  if (rejected?.status === 'False') {
    return `names not accepted: ${rejected.message}`;
  }
  return conditionOf(crd, 'Established')?.status === 'True' ? undefined : 'not established';
}

/** What keeps a Deployment from running its newest template, and nothing else, in full. */
export function availableProblem(deployment: KubernetesObject | undefined): string | undefined {
  if (!deployment) {
    return 'missing';
  }
  const { spec, status = {}, metadata } = deployment;
  const wanted = spec.replicas ?? 1;
  const { updatedReplicas: updated = 0, availableReplicas: available = 0, replicas = 0 } = status;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    return 'not yet seen by the deployment controller';
  }
  const failure = conditionOf(deployment, 'ReplicaFailure');
  if (failure?.status === 'True') {
    return `${failure.reason}: ${failure.message}`;
  }
  return updated >= wanted && available >= wanted && replicas <= wanted ? undefined : `${available} of ${wanted} pods available`;
}

/** Why a Deployment's pods do not run, in Kubernetes' words, where it gives any. */
export async function podProblem(api: KubernetesApi, deployment: KubernetesObject): Promise<string | undefined> {
  const labels = Object.entries(deployment.spec.selector.matchLabels as Record<string, string>);
  const pods = await api.list('v1', 'Pod', deployment.metadata.namespace, labels.map(([label, value]) => `${label}=${value}`).join(','));
  for (const pod of pods) {
    const scheduled = conditionOf(pod, 'PodScheduled');
    if (scheduled?.status === 'False') {
      return `${describe(refOf(pod))} is not scheduled: ${scheduled.message ?? scheduled.reason}`;
    }
    const statuses = [...pod.status?.initContainerStatuses ?? [], ...pod.status?.containerStatuses ?? []];
    for (const { state, lastState } of statuses) {
      if (state?.waiting?.reason && !ON_ITS_WAY.includes(state.waiting.reason)) {
        const ended = lastState?.terminated ? `, exit code ${lastState.terminated.exitCode}` : '';
        return `${describe(refOf(pod))} is waiting: ${state.waiting.reason}: ${state.waiting.message ?? 'no message'}${ended}`;
      }
    }
  }
  return undefined;
}

/**
 * What keeps a Flux object from being ready since it was asked to reconcile.
 *
 * @param requestedAt value of the annotation that asked
 */
export function syncProblem(ref: ObjectRef, object: KubernetesObject | undefined, requestedAt: string): string | undefined {
  if (!object) {
    return `${describe(ref)} does not exist`;
  }
  const ready = conditionOf(object, 'Ready');
  if (ready?.status === 'False') {
    return `${describe(ref)} is not ready: ${ready.reason}: ${ready.message}`;
  }
  const { generation } = object.metadata;
  const { observedGeneration, lastHandledReconcileAt } = object.status ?? {};
  const answered = lastHandledReconcileAt === requestedAt && observedGeneration === generation;
  return ready?.status === 'True' && answered ? undefined : `${describe(ref)} has not been reconciled yet${ready?.message ? `: ${ready.message}` : ''}`;
}

/** Flux gave up: trying again changes nothing before the object changes. */
export function isStalled(object: KubernetesObject | undefined): boolean {
  return object !== undefined && conditionOf(object, 'Stalled')?.status === 'True';
}

import { condition } from './condition';
import { Finding } from './finding';
import { oneLine } from './refusal';
import { KubernetesObject } from '../../kubernetes/kubernetes-api';

/** A quota may be free again when old pods are gone. */
const QUOTA_FATAL_AFTER = 15;

/** What keeps a workload's rollout from being complete; its template is right already. */
export function workloadFindings(workload: KubernetesObject): Finding[] {
  switch (workload.kind) {
    case 'Deployment': return deployment(workload);
    case 'StatefulSet': return statefulSet(workload);
    case 'DaemonSet': return daemonSet(workload);
    case 'ReplicaSet': return replicaSet(workload);
    case 'Job': return job(workload);
    // a CronJob's pods come when it is their time
    default: return [];
  }
}

export function nameOf(object: KubernetesObject): string {
  return `${object.kind} ${object.metadata.name}`;
}

function deployment(workload: KubernetesObject): Finding[] {
  const name = nameOf(workload);
  if (workload.spec.paused) { return [{ reason: `${name} is paused, so its pods are not replaced`, fatalAfter: 0 }]; }
  if (!observed(workload)) { return [{ reason: `${name} is not seen by its controller yet` }]; }
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = workload.status;
  const desired: number = workload.spec.replicas ?? 1;
  if (updatedReplicas === desired && availableReplicas === desired && replicas === desired) { return []; }
  const failure = condition(workload, 'ReplicaFailure');
  const progressing = condition(workload, 'Progressing');
  return [
    ...(failure?.status === 'True'
      ? [{ reason: `${name} cannot make its pods: ${oneLine(failure.message ?? failure.reason, 400)}`, key: `${name} ReplicaFailure`, fatalAfter: QUOTA_FATAL_AFTER }] : []),
    ...(progressing?.status === 'False' && progressing.reason === 'ProgressDeadlineExceeded'
      ? [{ reason: `${name} made no progress within its progressDeadlineSeconds: ${oneLine(progressing.message ?? '', 300)}`, fatalAfter: 0 }] : []),
    { reason: `${name} has ${updatedReplicas} of ${desired} pods updated, ${availableReplicas} available${replicas > desired ? `, ${replicas - desired} more to go` : ''}` },
  ];
}

function statefulSet(workload: KubernetesObject): Finding[] {
  const name = nameOf(workload);
  const { type, rollingUpdate } = workload.spec.updateStrategy ?? {};
  if (type === 'OnDelete') { return [onDelete(name)]; }
  if (rollingUpdate?.partition > 0) {
    return [{ reason: `${name} has the partition ${rollingUpdate.partition}, so the pods below it are never replaced; remove it`, fatalAfter: 0 }];
  }
  if (!observed(workload)) { return [{ reason: `${name} is not seen by its controller yet` }]; }
  const { updatedReplicas = 0, readyReplicas = 0, availableReplicas = readyReplicas, currentRevision, updateRevision } = workload.status;
  const desired: number = workload.spec.replicas ?? 1;
  const complete = desired === 0
    ? (workload.status.replicas ?? 0) === 0
    : updatedReplicas === desired && availableReplicas === desired && currentRevision === updateRevision;
  return complete ? [] : [{ reason: `${name} has ${updatedReplicas} of ${desired} pods updated, ${availableReplicas} available` }];
}

function daemonSet(workload: KubernetesObject): Finding[] {
  const name = nameOf(workload);
  if (workload.spec.updateStrategy?.type === 'OnDelete') { return [onDelete(name)]; }
  if (!observed(workload)) { return [{ reason: `${name} is not seen by its controller yet` }]; }
  const { desiredNumberScheduled: desired = 0, updatedNumberScheduled: updated = 0, numberAvailable: available = 0 } = workload.status;
  return updated === desired && available === desired ? [] : [{ reason: `${name} has ${updated} of ${desired} pods updated, ${available} available` }];
}

function replicaSet(workload: KubernetesObject): Finding[] {
  const { availableReplicas = 0, replicas = 0 } = workload.status ?? {};
  const desired: number = workload.spec.replicas ?? 1;
  return observed(workload) && availableReplicas === desired && replicas === desired
    ? [] : [{ reason: `${nameOf(workload)} has ${availableReplicas} of ${desired} pods available` }];
}

function job(workload: KubernetesObject): Finding[] {
  const name = nameOf(workload);
  const failed = condition(workload, 'Failed');
  if (failed?.status === 'True') {
    return [{ reason: `${name} failed: ${oneLine(failed.message ?? failed.reason, 300)}`, fatalAfter: 0 }];
  }
  if (condition(workload, 'Complete')?.status === 'True') { return []; }
  return [{ reason: workload.spec.suspend ? `${name} is suspended` : `${name} has not completed` }];
}

function onDelete(name: string): Finding {
  return { reason: `${name} has the update strategy OnDelete, so its pods are not replaced; use RollingUpdate`, fatalAfter: 0 };
}

function observed(workload: KubernetesObject): boolean {
  return workload.status !== undefined && (workload.status.observedGeneration ?? 0) >= (workload.metadata.generation ?? 0);
}

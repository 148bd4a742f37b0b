import { condition } from './condition';
import { Finding } from './finding';
import { oneLine } from './refusal';
import { nameOf } from './workload-findings';
import { KubernetesObject } from '../../kubernetes/kubernetes-api';

interface Waiting {
  /** The kubelet goes on trying, so what another part mends shortly is no failure. */
  readonly fatalAfter: number;
  /** Reasons between which the kubelet alternates. */
  readonly key: string;
  readonly told: string;
}

const WAITING: Record<string, Waiting> = {
  ErrImagePull: { fatalAfter: 15, key: 'pull', told: 'cannot pull its image' },
  ImagePullBackOff: { fatalAfter: 15, key: 'pull', told: 'cannot pull its image' },
  ErrImageNeverPull: { fatalAfter: 15, key: 'pull', told: 'may not pull its image' },
  ImageInspectError: { fatalAfter: 15, key: 'pull', told: 'cannot read its image' },
  InvalidImageName: { fatalAfter: 0, key: 'name', told: 'has an invalid image name' },
  CreateContainerConfigError: { fatalAfter: 10, key: 'create', told: 'cannot be configured' },
  CreateContainerError: { fatalAfter: 10, key: 'create', told: 'cannot be created' },
  RunContainerError: { fatalAfter: 10, key: 'create', told: 'cannot be started' },
  CrashLoopBackOff: { fatalAfter: 10, key: 'crash', told: 'crashes again and again' },
};

/** A container that crashed three times will crash the fourth time; before that it may have waited for something. */
const RESTARTS = 2;

/** What keeps a pod of the new template from being ready. */
export function podFindings(pod: KubernetesObject, owner: KubernetesObject): Finding[] {
  if (pod.metadata.deletionTimestamp) { return []; }
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    // nodes may be on their way
    return [{ reason: `${nameOf(pod)} has no node: ${oneLine(scheduled.message ?? scheduled.reason, 300)}` }];
  }
  const statuses = [...pod.status?.initContainerStatuses ?? [], ...pod.status?.containerStatuses ?? []];
  return statuses.flatMap((status) => containerFindings(pod, status, owner));
}

function containerFindings(pod: KubernetesObject, status: any, owner: KubernetesObject): Finding[] {
  const container = `container ${status.name} of ${nameOf(pod)}`;
  const waiting = status.state?.waiting;
  const known = WAITING[waiting?.reason];
  if (known) {
    const crashed = known.key === 'crash';
    // how often it may crash is a Job's own setting
    if (crashed && owner.kind === 'Job') { return []; }
    const detail = crashed ? lastWords(status) : oneLine(waiting.message ?? '', 400);
    return [{
      reason: `${container} ${known.told} (${waiting.reason}${detail ? `: ${detail}` : ''})`,
      key: `${nameOf(owner)} ${status.name} ${known.key}`,
      fatalAfter: crashed && status.restartCount >= RESTARTS ? 0 : known.fatalAfter,
    }];
  }
  if (status.state?.terminated && status.state.terminated.exitCode !== 0) {
    return [{ reason: `${container} ended with ${ending(status.state.terminated)}` }];
  }
  if (status.state?.running && status.ready === false && status.started !== undefined) {
    return [{ reason: `${container} runs but is not ready${status.restartCount > 0 ? `, after ${status.restartCount} restarts` : ''}` }];
  }
  return [];
}

function lastWords(status: any): string {
  const last = status.lastState?.terminated;
  return last ? `${status.restartCount} restarts, last ended with ${ending(last)}` : `${status.restartCount} restarts`;
}

function ending({ exitCode, reason, message }: { exitCode: number; reason?: string; message?: string }): string {
  return `exit code ${exitCode}${reason && reason !== 'Error' ? ` ${reason}` : ''}${message ? `: ${oneLine(message, 200)}` : ''}`;
}

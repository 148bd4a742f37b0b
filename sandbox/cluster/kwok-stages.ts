import { ImageFault } from './eks-state';
import { ANNOTATIONS, ProcessState } from './pod-annotations';

/** What a stage asks of a pod: a jq expression, and what it may answer */
interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: string[];
}

interface ContainerStatus {
  readonly ready: boolean;
  readonly restartCount?: number;
  /** YAML of `state` and, where there is one, `lastState` */
  readonly state: string;
}

const present: Requirement = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
const deleted: Requirement = { key: '.metadata.deletionTimestamp', operator: 'Exists' };
const fresh: Requirement = { key: '.status.podIP', operator: 'DoesNotExist' };

const hasNoFault: Requirement = { key: annotation(ANNOTATIONS.fault), operator: 'DoesNotExist' };
const fault = (value: ImageFault): Requirement => ({ key: annotation(ANNOTATIONS.fault), operator: 'In', values: [value] });
const process = (...values: ProcessState[]): Requirement => ({ key: annotation(ANNOTATIONS.process), operator: 'In', values });
const noProcess: Requirement = { key: annotation(ANNOTATIONS.process), operator: 'DoesNotExist' };
const processNot = (...values: ProcessState[]): Requirement => ({ key: annotation(ANNOTATIONS.process), operator: 'NotIn', values });
const running: Requirement = { key: '.status.phase', operator: 'In', values: ['Running'] };
const ready = (value: 'True' | 'False'): Requirement => (
  { key: '.status.conditions.[] | select(.type == "Ready") | .status', operator: 'In', values: [value] }
);

const RUNNING: ContainerStatus = { ready: true, state: 'state: {running: {startedAt: {{ $now | Quote }}}}' };
const NOT_READY: ContainerStatus = { ...RUNNING, ready: false };
const CRASHED = 'lastState: {terminated: {exitCode: 1, reason: Error, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}';
const CRASHING: ContainerStatus = {
  ready: false,
  restartCount: 2,
  state: `state: {waiting: {reason: CrashLoopBackOff, message: "back-off 20s restarting failed container"}}\n  ${CRASHED}`,
};
const UNPULLABLE: ContainerStatus = {
  ready: false,
  state: 'state: {waiting: {reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %q: not found" .image | Quote }}}}',
};

/**
 * How pods on kwok nodes live, as kwok's configuration
 *
 * Every image runs, but those that the run declared broken, and Flux's controllers: they are what their process is.
 */
export function podStages(): object[] {
  return [
    stage('pod-ready', [present, fresh, hasNoFault, processNot('pending', 'crashing', 'stopped')], status('Running', RUNNING)),
    stage('pod-never-ready', [present, fresh, fault('never-ready')], status('Running', NOT_READY)),
    stage('pod-crashes', [present, fresh, fault('crash')], status('Running', CRASHING)),
    stage('pod-cannot-be-pulled', [present, fresh, fault('pull')], status('Pending', UNPULLABLE)),
    // Kubernetes says so of every pod whose node was not heard of for a while; a kubelet that is back says how they are
    stage('pod-was-taken-for-lost', [present, running, ready('False'), hasNoFault, noProcess], status('Running', RUNNING)),
    stage('process-crashes', [present, ready('True'), process('crashing')], status('Running', CRASHING)),
    stage('process-is-back', [present, ready('False'), process('ready')], status('Running', RUNNING)),
    stage('job-completes', [present, running, ready('True'), {
      key: '.metadata.ownerReferences.[].kind', operator: 'In', values: ['Job'],
    }], COMPLETED),
    // a pod with a process goes when its process has
    stage('pod-deleted', [deleted, processNot('pending', 'ready', 'crashing')], undefined),
  ];
}

function annotation(name: string): string {
  return `.metadata.annotations[${JSON.stringify(name)}]`;
}

function stage(name: string, matchExpressions: Requirement[], statusTemplate: string | undefined): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'Pod' },
      selector: { matchExpressions },
      next: statusTemplate === undefined ? { finalizers: { empty: true }, delete: true } : { statusTemplate },
    },
  };
}

/** Go template of a pod's status: every container in the same state, every init container done. */
function status(phase: 'Running' | 'Pending', container: ContainerStatus): string {
  const condition = (type: string, value: boolean) => `- {type: ${type}, status: "${value ? 'True' : 'False'}", lastTransitionTime: {{ $now | Quote }}}`;
  return `{{ $now := Now }}
phase: ${phase}
startTime: {{ $now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
conditions:
${condition('Initialized', true)}
${condition('ContainersReady', container.ready)}
${condition('Ready', container.ready)}
{{ range .spec.readinessGates }}
- {type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ $now | Quote }}}
{{ end }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
  ready: true
  restartCount: 0
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
  ready: ${container.ready}
  started: ${container.ready}
  restartCount: ${container.restartCount ?? 0}
  ${container.state}
{{ end }}
`;
}

const COMPLETED = `{{ $now := Now }}
phase: Succeeded
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 0
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}
{{ end }}
`;

import { condition } from './condition';
import { shortDigest } from './digest';
import { Finding, Verdict } from './finding';
import { digestOf, repositoryOf } from './image-reference';
import { kustomizationFindings, Revisions } from './kustomization-findings';
import { podFindings } from './pod-findings';
import { nameOf, workloadFindings } from './workload-findings';
import { KubernetesObject, ObjectRef } from '../../kubernetes/kubernetes-api';

/** What shall run. */
export interface Target {
  /** The image repository's address. */
  readonly imageUri: string;
  readonly digest: string;
}

/** What of a cluster bears on one environment's rollout. */
export interface View {
  /** The Kustomization's name. */
  readonly name: string;
  readonly kustomization?: KubernetesObject;
  readonly revisions: Revisions;
  readonly workloads: KubernetesObject[];
  /** What Flux applied and is not there. */
  readonly missing: ObjectRef[];
  /** Of the environment's namespace, as the pods are. */
  readonly replicaSets: KubernetesObject[];
  readonly pods: KubernetesObject[];
}

/** What Flux applied does not change by itself; only a reading between two writes could be wrong. */
const TEMPLATE_FATAL_AFTER = 5;
/** How long a container that cannot tell whether it is ready has to run. */
const SETTLE = 10;

/** Judges a rollout by what is in the cluster, and by nothing else. */
export function judge(view: View, target: Target): Verdict {
  const flux = kustomizationFindings(view.kustomization, view.name, view.revisions);
  if (flux.length > 0) { return { findings: flux, settle: 0 }; }
  const ours = view.workloads.filter((workload) => images(workload, target).length > 0);
  if (ours.length === 0) {
    return { findings: [noWorkload(view, target)], settle: 0 };
  }
  const findings = ours.flatMap((workload) => {
    const wrong = images(workload, target).find((image) => digestOf(image) !== target.digest);
    if (wrong) { return [wrongImage(workload, wrong, target)]; }
    const pods = podsOf(workload, view, target);
    return [
      ...replaced(workload, view, target),
      ...workloadFindings(workload),
      ...pods.flatMap((pod) => podFindings(pod, workload)),
      ...stuck(workload, view, pods),
    ];
  });
  // a Job that is done may be gone; anything else Flux brings back
  const gone = view.missing.filter(({ kind }) => kind !== 'Job').map(({ kind, name }) => ({ reason: `${kind} ${name} is not in the cluster` }));
  const unprobed = ours.some((workload) => !['CronJob', 'Job'].includes(workload.kind) && isUnprobed(workload, target));
  return { findings: [...findings, ...gone], settle: unprobed ? SETTLE : 0 };
}

/** The pod template of any kind of workload. */
function podSpec(workload: KubernetesObject): any {
  return (workload.kind === 'CronJob' ? workload.spec?.jobTemplate?.spec : workload.spec)?.template?.spec ?? {};
}

function imagesOf(spec: any, { imageUri }: Target): string[] {
  return [...spec?.initContainers ?? [], ...spec?.containers ?? []]
    .map((container: { image?: string }) => container.image ?? '')
    .filter((image) => repositoryOf(image) === imageUri);
}

function images(workload: KubernetesObject, target: Target): string[] {
  return imagesOf(podSpec(workload), target);
}

function noWorkload(view: View, { imageUri }: Target): Finding {
  return {
    reason: `no Deployment, StatefulSet, DaemonSet, ReplicaSet, CronJob or Job that the Kustomization flux-system/${view.name} applied runs ${imageUri}; `
      + 'base manifests name the image as the overlay\'s images entry does',
    key: 'no workload',
    fatalAfter: TEMPLATE_FATAL_AFTER,
  };
}

function wrongImage(workload: KubernetesObject, image: string, { digest }: Target): Finding {
  const advice = workload.kind === 'Job' ? '; a Job cannot be changed, annotate it with "kustomize.toolkit.fluxcd.io/force: enabled"' : '';
  return {
    reason: `${nameOf(workload)} names ${image} and not ${shortDigest(digest)} although Flux applied it${advice}`,
    key: `${nameOf(workload)} image`,
    fatalAfter: TEMPLATE_FATAL_AFTER,
  };
}

/** The pods that a workload made from its present template. */
function podsOf(workload: KubernetesObject, view: View, target: Target): KubernetesObject[] {
  if (workload.kind === 'CronJob') { return []; }
  const isPresent = presentPods(workload, view);
  return view.pods.filter((pod) => isPresent(pod)
    && imagesOf(pod.spec, target).every((image) => digestOf(image) === target.digest));
}

function presentPods(workload: KubernetesObject, view: View): (pod: KubernetesObject) => boolean {
  switch (workload.kind) {
    case 'Deployment': {
      const revision = workload.metadata.annotations?.['deployment.kubernetes.io/revision'];
      const present = view.replicaSets.find((replicaSet) => isOwnedBy(replicaSet, workload)
        && replicaSet.metadata.annotations?.['deployment.kubernetes.io/revision'] === revision);
      return (pod) => present !== undefined && isOwnedBy(pod, present);
    }
    case 'StatefulSet':
      return (pod) => isOwnedBy(pod, workload) && pod.metadata.labels?.['controller-revision-hash'] === workload.status?.updateRevision;
    case 'DaemonSet': {
      const generation = workload.metadata.annotations?.['deprecated.daemonset.template.generation'];
      return (pod) => isOwnedBy(pod, workload) && pod.metadata.labels?.['pod-template-generation'] === generation;
    }
    default:
      return (pod) => isOwnedBy(pod, workload);
  }
}

/** A ReplicaSet of its own keeps the pods that it has. */
function replaced(workload: KubernetesObject, view: View, target: Target): Finding[] {
  if (workload.kind !== 'ReplicaSet') { return []; }
  const old = view.pods.find((pod) => isOwnedBy(pod, workload) && !pod.metadata.deletionTimestamp
    && imagesOf(pod.spec, target).some((image) => digestOf(image) !== target.digest));
  return old ? [{ reason: `${nameOf(workload)} does not replace its pods, ${nameOf(old)} is of an older template; use a Deployment`, fatalAfter: TEMPLATE_FATAL_AFTER }] : [];
}

/** Kubernetes waits for ever for a broken pod of an older template: https://github.com/kubernetes/kubernetes/issues/67250 */
function stuck(workload: KubernetesObject, view: View, present: KubernetesObject[]): Finding[] {
  if (workload.kind !== 'StatefulSet') { return []; }
  return view.pods
    .filter((pod) => isOwnedBy(pod, workload) && !present.includes(pod) && !pod.metadata.deletionTimestamp && condition(pod, 'Ready')?.status !== 'True')
    .map((pod) => ({ reason: `${nameOf(pod)} of an older template is not ready, and a StatefulSet may wait for it until somebody deletes it` }));
}

function isUnprobed(workload: KubernetesObject, { imageUri }: Target): boolean {
  const containers: any[] = podSpec(workload).containers ?? [];
  return !workload.spec?.minReadySeconds
    && containers.some((container) => repositoryOf(container.image ?? '') === imageUri && !container.readinessProbe);
}

function isOwnedBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  return object.metadata.ownerReferences?.some(({ uid }: { uid: string }) => uid === owner.metadata.uid) ?? false;
}

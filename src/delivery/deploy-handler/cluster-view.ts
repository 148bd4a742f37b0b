import { condition } from './condition';
import { Finding } from './finding';
import { workloadsOf } from './inventory';
import { commitOf } from './kustomization-findings';
import { oneLine } from './refusal';
import { View } from './rollout';
import { FLUX_NAMESPACE, INFRASTRUCTURE } from '../../flux/manifests/names';
import { KubernetesApi, KubernetesError, KubernetesUnreachable, ObjectRef } from '../../kubernetes/kubernetes-api';

export interface ClusterViewProps {
  readonly kubernetes: KubernetesApi;
  /** The environment's Kustomization. */
  readonly name: string;
  readonly namespace: string;
  /** Whether a commit of the infrastructure repository is one that names what shall run. */
  readonly isTarget: (commit: string) => Promise<boolean>;
}

const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io/v1';

/** A right that is missing is either on its way or will never come. */
const FORBIDDEN_FATAL_AFTER = 60;

/** Reads what bears on the rollout; from nothing but objects that the cluster's controllers write. */
export async function readCluster({ kubernetes, name, namespace, isTarget }: ClusterViewProps): Promise<View> {
  const kustomization = await kubernetes.get({ apiVersion: KUSTOMIZE, kind: 'Kustomization', name, namespace: FLUX_NAMESPACE });
  const is = async (revision: string | undefined) => {
    const commit = commitOf(revision);
    return commit !== undefined && isTarget(commit);
  };
  const { lastAppliedRevision, lastAttemptedRevision } = kustomization?.status ?? {};
  const applied = await is(lastAppliedRevision);
  const attempted = lastAttemptedRevision === lastAppliedRevision || lastAttemptedRevision === undefined ? applied : await is(lastAttemptedRevision);
  const view = { name, kustomization, revisions: { applied, attempted }, workloads: [], missing: [], replicaSets: [], pods: [] };
  if (!kustomization || !applied || !attempted) { return view; }

  const refs = workloadsOf(kustomization, namespace);
  const [workloads, replicaSets, pods] = await Promise.all([
    Promise.all(refs.map((ref) => kubernetes.get(ref))),
    kubernetes.list('apps/v1', 'ReplicaSet', namespace),
    kubernetes.list('v1', 'Pod', namespace),
  ]);
  return {
    ...view,
    workloads: workloads.filter((workload) => workload !== undefined),
    missing: refs.filter((_ref, index) => workloads[index] === undefined),
    replicaSets,
    pods,
  };
}

/** A cluster that does not answer tells nothing about the rollout; undefined for any other error. */
export function clusterError(error: unknown): Finding | undefined {
  if (error instanceof KubernetesUnreachable) { return { reason: oneLine(error.message, 300) }; }
  if (error instanceof KubernetesError) {
    const denied = error.code === 401 || error.code === 403;
    return { reason: oneLine(error.message, 300), ...(denied ? { key: 'denied', fatalAfter: FORBIDDEN_FATAL_AFTER } : {}) };
  }
  return undefined;
}

/** Why nothing arrives: the first of the Flux objects before the Kustomization that is not ready. */
export async function blockedBy(kubernetes: KubernetesApi, refs: ObjectRef[]): Promise<string | undefined> {
  for (const ref of refs) {
    const object = await kubernetes.get(ref).catch(() => undefined);
    const ready = object && condition(object, 'Ready');
    if (ready?.status === 'False') {
      return `${ref.kind} ${ref.namespace}/${ref.name} is not ready (${ready.reason}: ${oneLine(ready.message ?? '', 300)})`;
    }
  }
  return undefined;
}

/** From the source on, in the order in which a promotion passes them. */
export function fluxObjectsBefore(application: string, environment: string, followsTags: boolean): ObjectRef[] {
  const image = 'image.toolkit.fluxcd.io/v1';
  return [
    ...(followsTags ? [
      { apiVersion: image, kind: 'ImageRepository', name: application, namespace: FLUX_NAMESPACE },
      { apiVersion: image, kind: 'ImagePolicy', name: `${application}-${environment}`, namespace: FLUX_NAMESPACE },
      { apiVersion: image, kind: 'ImageUpdateAutomation', name: INFRASTRUCTURE, namespace: FLUX_NAMESPACE },
    ] : []),
    { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', name: INFRASTRUCTURE, namespace: FLUX_NAMESPACE },
    { apiVersion: KUSTOMIZE, kind: 'Kustomization', name: INFRASTRUCTURE, namespace: FLUX_NAMESPACE },
  ];
}

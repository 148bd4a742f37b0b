import { BootstrapContext, isOurs, LIMITS, summary } from './context';
import { describe, KubernetesApi, KubernetesObject, ObjectRef, refOf } from '../../kubernetes/kubernetes-api';

export interface Kept {
  /** Still in the cluster, to be tried again by the next update. */
  readonly refs: ObjectRef[];
  readonly reason?: string;
}

const FLUX_GROUPS = '.toolkit.fluxcd.io/';
const COMPONENT_LABEL = 'app.kubernetes.io/component';

/**
 * Deletes what the previous version had and the new one lacks.
 *
 * A kind that is still used stays, with its controller: deleting it would delete its objects behind Git's back,
 * and without the controller their finalizers would hold them for ever.
 */
export async function prune({ api, waiting, logger }: BootstrapContext, refs: ObjectRef[]): Promise<Kept> {
  const found = (await Promise.all(refs.map((ref) => api.get(ref)))).filter((object) => object !== undefined).filter(isOurs);
  if (found.length === 0) {
    return { refs: [] };
  }
  const crds = found.filter(({ kind }) => kind === 'CustomResourceDefinition');
  // Flux's own objects while the controllers that finalize them still run
  for (const object of found.filter(({ apiVersion }) => apiVersion.includes(FLUX_GROUPS))) {
    await api.delete(refOf(object));
  }
  const used = async () => {
    const kinds = await Promise.all(crds.map(async (crd) => ({ crd, users: await objectsOf(crd, api) })));
    return kinds.filter(({ users }) => users.length > 0);
  };
  await waiting.until(async () => (await used()).length > 0 ? 'the last objects of kinds that are no longer wanted' : undefined, { timeoutMs: LIMITS.unused });

  const stillUsed = await used();
  const components = new Set(stillUsed.map(({ crd }) => componentOf(crd)));
  const kept = found.filter((object) => stillUsed.some(({ crd }) => crd === object) || (componentOf(object) && components.has(componentOf(object))));
  const deleted = found.filter((object) => !kept.includes(object));
  logger.info('Pruning what is no longer wanted', { deleted: deleted.map((object) => describe(refOf(object))) });
  for (const object of inRemovalOrder(deleted)) {
    await api.delete(refOf(object));
  }
  return {
    refs: kept.map(refOf),
    ...(stillUsed.length > 0 ? {
      reason: `Kept until they are unused: ${summary(stillUsed.map(({ crd, users }) => `${crd.spec.names.kind} (by ${describe(refOf(users[0]))})`))}`,
    } : {}),
  };
}

/** Workloads before the rights that they work with, and kinds last. */
function inRemovalOrder(objects: KubernetesObject[]): KubernetesObject[] {
  const rank = ({ kind }: KubernetesObject) => kind === 'Deployment' ? 0 : kind === 'CustomResourceDefinition' ? 2 : 1;
  return [...objects].sort((a, b) => rank(a) - rank(b));
}

/** The objects of a custom kind. */
export function objectsOf(crd: KubernetesObject, api: KubernetesApi): Promise<KubernetesObject[]> {
  const version = (crd.spec.versions as { name: string; storage: boolean }[]).find(({ storage }) => storage)!;
  return api.list(`${crd.spec.group}/${version.name}`, crd.spec.names.kind);
}

function componentOf(object: KubernetesObject): string | undefined {
  return object.metadata.labels?.[COMPONENT_LABEL];
}

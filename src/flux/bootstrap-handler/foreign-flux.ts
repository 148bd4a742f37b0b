import { isOurs } from './context';
import { describe, KubernetesApi, KubernetesObject, refOf } from '../../kubernetes/kubernetes-api';

const KUSTOMIZE_LABELS = { name: 'kustomize.toolkit.fluxcd.io/name', namespace: 'kustomize.toolkit.fluxcd.io/namespace' };
const CHECKED_KINDS = ['CustomResourceDefinition', 'Deployment'];
const WAY_OUT = 'Two managers would undo each other\'s changes, so remove that Flux first, for example with "flux uninstall"';

/**
 * Gives a sentence on who else manages Flux in this cluster, if anybody.
 *
 * Flux itself takes fields over only from a few managers, so that two installations would not become one.
 *
 * @param manifests the Flux that is to be installed
 */
export async function findForeignFlux(api: KubernetesApi, manifests: KubernetesObject[]): Promise<string | undefined> {
  const [instance] = await api.list('fluxcd.controlplane.io/v1', 'FluxInstance');
  if (instance) {
    return `Flux in this cluster is managed by the Flux Operator (${describe(refOf(instance))}). ${WAY_OUT}`;
  }
  const candidates = manifests.filter((object) => CHECKED_KINDS.includes(object.kind));
  const existing = await Promise.all(candidates.map((object) => api.get(refOf(object))));
  for (const object of existing) {
    const owner = object && foreignOwner(object);
    if (owner) {
      return `Flux in this cluster is managed by ${owner} (${describe(refOf(object))}). ${WAY_OUT}`;
    }
  }
  return undefined;
}

/** Who manages the object, unless it is us alone. */
export function foreignOwner(object: KubernetesObject): string | undefined {
  const labels = object.metadata.labels ?? {};
  if (labels[KUSTOMIZE_LABELS.name]) {
    return `the Kustomization ${labels[KUSTOMIZE_LABELS.namespace] ?? 'flux-system'}/${labels[KUSTOMIZE_LABELS.name]}, as "flux bootstrap" makes it`;
  }
  if (isOurs(object)) {
    return undefined;
  }
  const managedBy = labels['app.kubernetes.io/managed-by'];
  if (managedBy) {
    return `"${managedBy}"`;
  }
  const managers = ((object.metadata.managedFields ?? []) as { manager?: string; subresource?: string }[])
    .filter((entry) => entry.manager && !entry.subresource)
    .map((entry) => entry.manager!);
  return managers.length > 0 ? `the field manager "${managers[0]}"` : 'somebody else';
}

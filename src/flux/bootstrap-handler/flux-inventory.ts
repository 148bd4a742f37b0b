import type { KubernetesObject, ObjectRef } from '../../kubernetes/kubernetes-api';

/**
 * What a Kustomization has applied, as Flux records it in `status.inventory`.
 *
 * An entry is `<namespace>_<name>_<group>_<kind>` and the API version; a colon in a name is written as two underscores.
 */
export function inventoryOf(kustomization: KubernetesObject): ObjectRef[] {
  const entries = (kustomization.status?.inventory?.entries ?? []) as { id: string; v: string }[];
  return entries.map(({ id, v }) => {
    const parts = id.split('_');
    const kind = parts.pop()!;
    const group = parts.pop()!;
    const [namespace, ...name] = parts;
    return {
      apiVersion: group ? `${group}/${v}` : v,
      kind,
      name: name.join('_').replaceAll('__', ':'),
      ...(namespace ? { namespace } : {}),
    };
  });
}

/** Whether Flux deletes what the Kustomization applied when that is deleted. */
export function prunesOnDeletion({ spec }: KubernetesObject): boolean {
  switch (spec.deletionPolicy ?? 'MirrorPrune') {
    case 'Orphan': return false;
    case 'MirrorPrune': return spec.prune === true;
    default: return true;
  }
}

/** Whether the object is marked as one that Flux must leave. */
export function isKept({ metadata }: KubernetesObject): boolean {
  const mark = 'kustomize.toolkit.fluxcd.io/prune';
  return metadata.annotations?.[mark] === 'disabled' || metadata.labels?.[mark] === 'disabled';
}

import { gunzipSync, gzipSync } from 'zlib';
import { KubernetesApi, objectKey, ObjectRef } from '../../kubernetes/kubernetes-api';
import { FLUX_NAMESPACE, MANAGED_BY_LABELS, MANAGER } from '../manifests/names';

/** What this installation has put into the cluster, kept there so that it can be pruned and removed. */
export interface Inventory {
  /** Physical id of the custom resource that owns the installation. */
  readonly owner: string;
  readonly stack: string;
  readonly objects: ObjectRef[];
  /** During removal: what Flux had applied and must have pruned. */
  readonly pruning?: ObjectRef[];
}

export const INVENTORY_REF = { apiVersion: 'v1', kind: 'ConfigMap', namespace: FLUX_NAMESPACE, name: `${MANAGER}-inventory` };

export async function readInventory(api: KubernetesApi): Promise<Inventory | undefined> {
  const configMap = await api.get(INVENTORY_REF);
  if (!configMap?.data) {
    return undefined;
  }
  const { data, binaryData } = configMap;
  return {
    owner: data.owner ?? '',
    stack: data.stack ?? '',
    objects: JSON.parse(data.objects ?? '[]'),
    ...(binaryData?.pruning ? { pruning: unpacked(binaryData.pruning) } : {}),
  };
}

export async function writeInventory(api: KubernetesApi, inventory: Inventory): Promise<void> {
  const { apiVersion, kind, ...metadata } = INVENTORY_REF;
  const { owner, stack, objects, pruning } = inventory;
  await api.apply({
    apiVersion,
    kind,
    metadata: { ...metadata, labels: MANAGED_BY_LABELS },
    data: { owner, stack, objects: JSON.stringify(objects) },
    ...(pruning ? { binaryData: { pruning: packed(pruning) } } : {}),
  });
}

/** A ConfigMap takes 1 MiB, and what Flux applied may be ten thousand objects of a hundred characters each. */
function packed(refs: ObjectRef[]): string {
  return gzipSync(JSON.stringify(refs)).toString('base64');
}

function unpacked(text: string): ObjectRef[] {
  return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString());
}

/** All of the first, then those of the second that are not in the first. */
export function union(first: ObjectRef[], second: ObjectRef[]): ObjectRef[] {
  return [...first, ...without(second, first)];
}

export function without(refs: ObjectRef[], removed: ObjectRef[]): ObjectRef[] {
  const keys = new Set(removed.map(objectKey));
  return refs.filter((ref) => !keys.has(objectKey(ref)));
}

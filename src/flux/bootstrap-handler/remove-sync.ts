import { BootstrapContext, LIMITS, summary } from './context';
import { inventoryOf, isKept, prunesOnDeletion } from './flux-inventory';
import { Inventory, union, writeInventory } from './inventory';
import { describe, KubernetesApi, KubernetesObject, objectKey, ObjectRef, refOf } from '../../kubernetes/kubernetes-api';

const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io/v1';
const SOURCE = 'source.toolkit.fluxcd.io/v1';
const IMAGE = 'image.toolkit.fluxcd.io/v1';

const CHECKS_AT_ONCE = 10;

/**
 * Has Flux prune all that it applied, and waits until that is really gone: a load balancer or a volume that
 * is still there when the cluster goes would stay in the account.
 *
 * @param endAt when to give up, in the clock's milliseconds
 * @returns a sentence on what is left
 */
export async function removeSync(context: BootstrapContext, inventory: Inventory, endAt: number): Promise<string | undefined> {
  const { api, logger } = context;
  const kustomizations = await api.list(KUSTOMIZE, 'Kustomization');
  // Recorded, since a Kustomization that is gone no longer says what it had applied.
  const applied = union(inventory.pruning ?? [], kustomizations.filter(prunesOnDeletion).flatMap(inventoryOf));
  await writeInventory(api, { ...inventory, pruning: applied });
  logger.info('Removing what Flux applied', { kustomizations: kustomizations.map((one) => describe(refOf(one))), objects: applied.length });

  for (const automation of await api.list(IMAGE, 'ImageUpdateAutomation')) {
    await api.delete(refOf(automation));
  }
  return await removeSources(context, kustomizations, endAt)
    ?? await removeKustomizations(context, endAt)
    ?? waitUntilGone(context, applied, endAt);
}

/**
 * The sources go first: without one, a Kustomization prunes but can no longer apply, so that it neither brings
 * back a Kustomization below it nor needs to be suspended, which would make it orphan everything.
 */
async function removeSources({ api, waiting }: BootstrapContext, kustomizations: KubernetesObject[], endAt: number): Promise<string | undefined> {
  const sources = new Map<string, ObjectRef>();
  for (const { spec, metadata } of kustomizations) {
    const { apiVersion = SOURCE, kind, name, namespace = metadata.namespace } = spec.sourceRef;
    const ref: ObjectRef = { apiVersion, kind, name, namespace };
    sources.set(objectKey(ref), ref);
  }
  return moving(waiting, endAt, async () => {
    const left = await existing(api, [...sources.values()]);
    await Promise.all(left.filter(notTerminating).map((source) => api.delete(refOf(source))));
    return left.map((source) => describe(refOf(source)));
  });
}

/** From the leaves up: a Kustomization acts as an account that the one above it has applied, and would prune first. */
async function removeKustomizations({ api, waiting }: BootstrapContext, endAt: number): Promise<string | undefined> {
  return moving(waiting, endAt, async () => {
    const left = await api.list(KUSTOMIZE, 'Kustomization');
    const keys = new Set(left.map((one) => objectKey(refOf(one))));
    const hasLiveChild = (one: KubernetesObject) => inventoryOf(one).map(objectKey).some((key) => keys.has(key) && key !== objectKey(refOf(one)));
    const leaves = left.filter((one) => !hasLiveChild(one));
    for (const leaf of (leaves.length > 0 ? leaves : left).filter(notTerminating)) {
      if (leaf.spec.suspend) {
        await api.patch(refOf(leaf), { spec: { suspend: false } });
      }
      await api.delete(refOf(leaf));
    }
    return left.map((one) => describe(refOf(one)));
  });
}

async function waitUntilGone({ api, waiting }: BootstrapContext, applied: ObjectRef[], endAt: number): Promise<string | undefined> {
  let remaining = applied;
  const namespaces = new Set(applied.map((ref) => ref.kind === 'Namespace' ? ref.name : ref.kind === 'PersistentVolumeClaim' ? ref.namespace : undefined));
  return moving(waiting, endAt, async () => {
    const left = (await existing(api, remaining)).filter((object) => !isKept(object));
    remaining = left.map(refOf);
    return [...left, ...await volumesOf(api, namespaces)].map((object) => describe(refOf(object)));
  });
}

/** Volumes outlive their claims, and are deleted only afterwards. */
async function volumesOf(api: KubernetesApi, namespaces: Set<string | undefined>): Promise<KubernetesObject[]> {
  if (namespaces.size === 0) {
    return [];
  }
  return (await api.list('v1', 'PersistentVolume')).filter(({ spec, status }) =>
    namespaces.has(spec.claimRef?.namespace) && spec.persistentVolumeReclaimPolicy === 'Delete' && status?.phase !== 'Bound');
}

async function existing(api: KubernetesApi, refs: ObjectRef[]): Promise<KubernetesObject[]> {
  const found: KubernetesObject[] = [];
  for (let start = 0; start < refs.length; start += CHECKS_AT_ONCE) {
    const objects = await Promise.all(refs.slice(start, start + CHECKS_AT_ONCE).map((ref) => api.get(ref)));
    found.push(...objects.filter((object) => object !== undefined));
  }
  return found;
}

function notTerminating(object: KubernetesObject): boolean {
  return !object.metadata.deletionTimestamp;
}

/** Waits while the list gets shorter; the count is part of the sentence, so that every step counts as progress. */
async function moving(waiting: BootstrapContext['waiting'], endAt: number, list: () => Promise<string[]>): Promise<string | undefined> {
  return waiting.whileMoving(async () => {
    const left = await list();
    return left.length > 0 ? `${left.length} not gone: ${summary(left)}` : undefined;
  }, { timeoutMs: LIMITS.pruneWithoutProgress, everyMs: 2_000, endAt });
}

import { BootstrapContext, isOurs, LIMITS, summary } from './context';
import { foreignOwner } from './foreign-flux';
import { Inventory, INVENTORY_REF, readInventory } from './inventory';
import { objectsOf } from './prune';
import { reachCluster } from './reach';
import { removeSync } from './remove-sync';
import { describe, KubernetesObject, ObjectRef, refOf } from '../../kubernetes/kubernetes-api';

/**
 * Removes the installation: the sync with all that it applied, then Flux. May be run again at any point.
 *
 * @param owner physical id of the custom resource that is deleted
 * @param startedAt when the deletion began, in the clock's milliseconds
 * @returns a sentence on what was left behind, or on why there was nothing to do
 */
export async function remove(context: BootstrapContext, owner: string, startedAt: number): Promise<string | undefined> {
  const { api, logger } = context;
  const unreachable = await reachCluster(context, LIMITS.unreachable);
  if (unreachable) {
    return `The cluster cannot be reached, so what Flux applied there was left as it is: ${unreachable}`;
  }
  const inventory = await readInventory(api);
  if (!inventory) {
    return 'Nothing was installed';
  }
  if (inventory.owner !== owner) {
    return `Flux belongs to another resource now (${inventory.owner})`;
  }
  const newOwner = await handedOver(context, inventory);
  if (newOwner) {
    return `Flux is managed by ${newOwner} now, so it was left as it is`;
  }

  const left = [
    await removeSync(context, inventory, startedAt + LIMITS.prune),
    await removeFlux(context, inventory),
  ].filter((sentence) => sentence !== undefined);
  left.forEach((sentence) => logger.error(`Left behind: ${sentence}`));
  return left.length > 0 ? `Left behind, please delete by hand: ${left.join('; ')}` : undefined;
}

/** Who took Flux over since it was installed. */
async function handedOver({ api }: BootstrapContext, { objects }: Inventory): Promise<string | undefined> {
  for (const ref of objects.filter(({ kind }) => kind === 'CustomResourceDefinition')) {
    const crd = await api.get(ref);
    const owner = crd && foreignOwner(crd);
    if (owner) {
      return owner;
    }
  }
  return undefined;
}

async function removeFlux(context: BootstrapContext, { objects }: Inventory): Promise<string | undefined> {
  const { api, waiting, logger } = context;
  logger.info('Removing Flux', { objects: objects.length });
  const ofKind = (...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind));
  const deployments = ofKind('Deployment');
  const crds = ofKind('CustomResourceDefinition');
  const namespaces = ofKind('Namespace');
  const others = objects.filter(({ kind }) => !['Deployment', 'CustomResourceDefinition', 'Namespace'].includes(kind));

  const left = [
    await gone(context, deployments),
    // Without controllers nobody takes the finalizers off, and the kinds could not go.
    await gone(context, crds, (crd) => dropFinalizers(context, crd)),
    await gone(context, others),
    await gone(context, namespaces),
  ].filter((sentence) => sentence !== undefined);
  await api.delete(INVENTORY_REF);
  await waiting.until(async () => await api.get(INVENTORY_REF) ? describe(INVENTORY_REF) : undefined, { timeoutMs: LIMITS.removed });
  return left.length > 0 ? left.join('; ') : undefined;
}

/** Deletes what is still ours and waits until it is gone. */
async function gone({ api, waiting }: BootstrapContext, refs: ObjectRef[],
  before: (object: KubernetesObject) => Promise<void> = async () => {}): Promise<string | undefined> {
  return waiting.until(async () => {
    const left = (await Promise.all(refs.map((ref) => api.get(ref)))).filter((object) => object !== undefined).filter(isOurs);
    for (const object of left) {
      await before(object);
      if (!object.metadata.deletionTimestamp) {
        await api.delete(refOf(object));
      }
    }
    return summary(left.map((object) => describe(refOf(object)))) || undefined;
  }, { timeoutMs: LIMITS.removed });
}

async function dropFinalizers({ api }: BootstrapContext, crd: KubernetesObject): Promise<void> {
  for (const object of await objectsOf(crd, api)) {
    if (object.metadata.finalizers?.length) {
      await api.patch(refOf(object), { metadata: { finalizers: null } });
    }
  }
}

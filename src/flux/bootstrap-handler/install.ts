import { BootstrapContext, isOurs, LIMITS, summary } from './context';
import { findForeignFlux } from './foreign-flux';
import { Inventory, INVENTORY_REF, readInventory, union, without, writeInventory } from './inventory';
import { prune } from './prune';
import { reachCluster } from './reach';
import { availableProblem, establishedProblem, podProblem } from './readiness';
import { BootstrapRequest } from './request';
import { waitForSync } from './sync';
import { tune } from './tune';
import { describe, KubernetesObject, objectKey, ObjectRef, refOf } from '../../kubernetes/kubernetes-api';
import { MANAGED_BY_LABELS } from '../manifests/names';

export interface Owner {
  /** The custom resource's physical id. */
  readonly owner: string;
  readonly stack: string;
}

/**
 * Brings the cluster to what the request says, from whatever state; may be run again at any point.
 *
 * @param manifests Flux's install manifests with all of its controllers
 * @returns a sentence on what could not be pruned
 */
export async function install(context: BootstrapContext, manifests: KubernetesObject[], request: BootstrapRequest,
  by: Owner): Promise<string | undefined> {
  const { api, waiting, logger } = context;
  fail('The cluster cannot be reached', await reachCluster(context, LIMITS.access));

  const flux = tune(manifests, request.controllers, request.associations);
  const objects = request.objects.map(labelled);
  const previous = await readInventory(api);
  await refuseForeign(context, manifests, previous, by);

  const namespaces = flux.filter(({ kind }) => kind === 'Namespace');
  const crds = flux.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const deployments = flux.filter(({ kind }) => kind === 'Deployment');
  const others = flux.filter((object) => ![...namespaces, ...crds, ...deployments].includes(object));

  const installed = await ownNamespacesOnly(context, [...flux, ...objects].map(refOf), previous);
  await Promise.all(namespaces.map((namespace) => applyNamespace(context, namespace)));
  // First of all, so that a half-done installation can be removed.
  await writeInventory(api, { ...by, objects: union(installed, previous?.objects ?? []) });

  logger.info('Applying Flux', { controllers: request.controllers });
  await applyAll(context, crds);
  fail('Kubernetes does not serve Flux\'s kinds', await waiting.until(async () => {
    const problems = await Promise.all(crds.map(async (crd) => ({ crd, problem: establishedProblem(await api.get(refOf(crd))) })));
    return summary(problems.filter(({ problem }) => problem).map(({ crd, problem }) => `${describe(refOf(crd))}: ${problem}`)) || undefined;
  }, { timeoutMs: LIMITS.established }));
  await applyAll(context, others);
  await applyAll(context, deployments);
  await waitForAvailable(context, deployments);

  logger.info('Applying the platform\'s objects', { objects: objects.map((object) => describe(refOf(object))) });
  for (const object of objects) { // in the order given: a Kustomization after its source
    await api.apply(object);
  }
  await waitForSync(context, request, deployments, (restarted) => waitForAvailable(context, restarted));

  const kept = await prune(context, without(previous?.objects ?? [], installed));
  await writeInventory(api, { ...by, objects: union(installed, kept.refs) });
  return kept.reason;
}

async function refuseForeign({ api }: BootstrapContext, manifests: KubernetesObject[], previous: Inventory | undefined, by: Owner): Promise<void> {
  if (previous && previous.stack !== by.stack) {
    throw new Error(`Flux in this cluster is managed by the stack ${previous.stack}. Delete that stack first, `
      + `or, if it is gone, hand its Flux over with "kubectl delete configmap -n ${INVENTORY_REF.namespace} ${INVENTORY_REF.name}"`);
  }
  fail('Flux is not installed', await findForeignFlux(api, manifests));
}

/** A namespace that was there before the first installation is not ours to delete. */
async function ownNamespacesOnly({ api }: BootstrapContext, refs: ObjectRef[], previous: Inventory | undefined): Promise<ObjectRef[]> {
  const foreign: ObjectRef[] = [];
  for (const ref of refs.filter(({ kind }) => kind === 'Namespace')) {
    const recorded = previous?.objects.some((earlier) => objectKey(earlier) === objectKey(ref));
    const existing = recorded ? undefined : await api.get(ref);
    if (existing && (previous || !isOurs(existing)) && !existing.metadata.deletionTimestamp) {
      foreign.push(ref);
    }
  }
  return without(refs, foreign);
}

async function applyNamespace({ api, waiting }: BootstrapContext, namespace: KubernetesObject): Promise<void> {
  fail('The namespace of an earlier Flux is still being deleted', await waiting.until(async () => {
    const existing = await api.get(refOf(namespace));
    return existing?.metadata.deletionTimestamp ? `${describe(refOf(namespace))} is terminating` : undefined;
  }, { timeoutMs: LIMITS.terminatingNamespace }));
  await api.apply(namespace);
}

async function waitForAvailable({ api, waiting }: BootstrapContext, deployments: KubernetesObject[]): Promise<void> {
  fail('Flux\'s controllers do not run', await waiting.until(async () => {
    const problems = await Promise.all(deployments.map(async (deployment) => {
      const problem = availableProblem(await api.get(refOf(deployment)));
      return problem && `${describe(refOf(deployment))}: ${await podProblem(api, deployment) ?? problem}`;
    }));
    return summary(problems.filter((problem) => problem !== undefined)) || undefined;
  }, { timeoutMs: LIMITS.available, everyMs: 2_000 }));
}

function applyAll({ api }: BootstrapContext, objects: KubernetesObject[]): Promise<unknown> {
  return Promise.all(objects.map((object) => api.apply(object)));
}

function labelled(object: KubernetesObject): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...MANAGED_BY_LABELS } } };
}

function fail(what: string, problem: string | undefined): void {
  if (problem !== undefined) {
    throw new Error(`${what}: ${problem}`);
  }
}

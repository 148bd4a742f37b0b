import { inventoryOf, prunesOnDeletion } from '../../../src/flux/bootstrap-handler/flux-inventory';
import { KubernetesObject, refOf } from '../../../src/kubernetes/kubernetes-api';
import { MemoryKubernetesApi } from '../../kubernetes/memory-kubernetes-api';

const FLUX_FINALIZER = 'finalizers.fluxcd.io';

interface ReadyCondition {
  status?: string;
  reason?: string;
  message?: string;
}

/** What Kubernetes' own controllers do for definitions and Deployments. */
export function kubernetesControllers(cluster: MemoryKubernetesApi): MemoryKubernetesApi {
  return cluster.react((object) => {
    if (object.kind === 'CustomResourceDefinition') {
      object.status = { conditions: [{ type: 'Established', status: 'True' }] };
    }
    if (object.kind === 'Deployment') {
      const { replicas = 1 } = object.spec;
      object.status = { observedGeneration: object.metadata.generation, replicas, updatedReplicas: replicas, availableReplicas: replicas };
    }
  });
}

/** What Flux does, while its controllers' Deployments are there. */
export function fluxControllers(cluster: MemoryKubernetesApi, ready: (object: KubernetesObject) => ReadyCondition = () => ({})): MemoryKubernetesApi {
  const running = (name: string) => cluster.find('Deployment', name) !== undefined;
  return cluster.react((object) => {
    const controller = object.kind === 'Kustomization' ? 'kustomize-controller' : object.kind === 'GitRepository' ? 'source-controller' : undefined;
    if (!controller || !running(controller)) {
      return;
    }
    if (object.metadata.deletionTimestamp) {
      if (object.kind === 'Kustomization' && !object.spec?.suspend && prunesOnDeletion(object) && canImpersonate(object, cluster)) {
        inventoryOf(object).forEach((ref) => void cluster.delete(ref));
      }
      object.metadata.finalizers = undefined;
      return;
    }
    object.metadata.finalizers = [FLUX_FINALIZER];
    if (!object.spec?.suspend) {
      object.status = {
        ...object.status,
        observedGeneration: object.metadata.generation,
        lastHandledReconcileAt: object.metadata.annotations?.['reconcile.fluxcd.io/requestedAt'],
        conditions: [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: 'Applied', ...ready(object) }],
      };
    }
  });
}

/** Without its account a Kustomization that is deleted orphans what it applied. */
function canImpersonate({ spec, metadata }: KubernetesObject, cluster: MemoryKubernetesApi): boolean {
  return !spec.serviceAccountName || cluster.all().some((object) => object.kind === 'ServiceAccount'
    && object.metadata.name === spec.serviceAccountName && object.metadata.namespace === metadata.namespace);
}

/** An entry of a Kustomization's inventory. */
export function entry(object: KubernetesObject): { id: string; v: string } {
  const { apiVersion, kind, name, namespace = '' } = refOf(object);
  const [version, group = ''] = apiVersion.split('/').reverse();
  return { id: [namespace, name.replaceAll(':', '__'), group, kind].join('_'), v: version };
}

import type { KubernetesObject } from '../../../src/kubernetes/kubernetes-api';

export const URI = 'registry.example/mall/shop';
export const DIGEST = `sha256:${'b'.repeat(64)}`;
export const OLD = `sha256:${'a'.repeat(64)}`;
export const TARGET = { imageUri: URI, digest: DIGEST };

/** A pod template whose container of the application runs the digest and has a readiness probe. */
export function template(image = `${URI}@${DIGEST}`, more: object = {}) {
  return { spec: { containers: [{ name: 'proxy', image: 'registry.example/proxy:1' }, { name: 'web', image, readinessProbe: {}, ...more }] } };
}

export function workload(kind: string, spec: object, status: object | undefined, metadata: object = {}): KubernetesObject {
  return {
    apiVersion: kind.endsWith('Job') ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name: 'shop', namespace: 'shop-production', uid: 'workload', generation: 3, ...metadata },
    spec,
    status,
  };
}

/** A Deployment whose rollout is complete. */
export function deployment(o: { spec?: object; status?: object } = {}): KubernetesObject {
  return workload('Deployment', { replicas: 2, template: template(), ...o.spec }, {
    observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2, ...o.status,
  }, { annotations: { 'deployment.kubernetes.io/revision': '7' } });
}

export function replicaSet(uid: string, revision: string): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: `shop-${uid}`, uid, ownerReferences: [{ uid: 'workload' }], annotations: { 'deployment.kubernetes.io/revision': revision } },
  };
}

/** A pod with one container of the application in that state. */
export function pod(
  owner: string, containerStatus: object, o: { image?: string; labels?: object; status?: object; metadata?: object } = {},
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `shop-${owner}-x`, ownerReferences: [{ uid: owner }], labels: o.labels, ...o.metadata },
    spec: template(o.image).spec,
    status: { containerStatuses: [{ name: 'web', restartCount: 0, ...containerStatus }], ...o.status },
  };
}

export function waiting(reason: string, message = 'because', restartCount = 0): object {
  const lastState = restartCount ? { terminated: { exitCode: 137, reason: 'OOMKilled' } } : {};
  return { restartCount, state: { waiting: { reason, message } }, lastState };
}

export function kustomization(status: object = {}, spec: object = {}): KubernetesObject {
  const metadata = { name: 'shop-production', namespace: 'flux-system' };
  return { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata, spec, status };
}

export function ready(status: string, reason: string, message = ''): object {
  return { conditions: [{ type: 'Reconciling', status: 'True', reason: 'Progressing' }, { type: 'Ready', status, reason, message }] };
}

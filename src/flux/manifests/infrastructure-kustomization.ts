import { KubernetesManifest } from './kubernetes-object';
import { FLUX_NAMESPACE, INFRASTRUCTURE, MANAGED_BY_LABELS } from './names';

/** Applies the platform's folder, where each environment has its managed file. */
export function infrastructureKustomization(platformName: string): KubernetesManifest {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: INFRASTRUCTURE, namespace: FLUX_NAMESPACE, labels: MANAGED_BY_LABELS },
    spec: {
      interval: '10m',
      retryInterval: '30s',
      timeout: '5m',
      path: `./clusters/${platformName}`,
      prune: true,
      wait: false,
      deletionPolicy: 'WaitForTermination',
      sourceRef: { kind: 'GitRepository', name: INFRASTRUCTURE },
    },
  };
}

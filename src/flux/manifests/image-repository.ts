import { Environment } from './environment';
import { KubernetesManifest } from './kubernetes-object';
import { FLUX_NAMESPACE, MANAGED_BY_LABELS } from './names';

/** Scans the application's image repository with image-reflector-controller's own identity. */
export function imageRepository(environment: Environment): KubernetesManifest {
  return {
    apiVersion: 'image.toolkit.fluxcd.io/v1',
    kind: 'ImageRepository',
    metadata: { name: environment.application, namespace: FLUX_NAMESPACE, labels: MANAGED_BY_LABELS },
    spec: {
      image: environment.imageRepositoryUri,
      interval: '1m', // a requested scan that failed is not repeated, so the next regular one has to come soon
      provider: 'aws',
    },
  };
}

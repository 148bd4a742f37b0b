import { KubernetesManifest } from './kubernetes-object';
import { FLUX_NAMESPACE, INFRASTRUCTURE, INFRASTRUCTURE_BRANCH, MANAGED_BY_LABELS } from './names';

/**
 * Flux's source, read with source-controller's own identity. A secretRef would make it fail.
 *
 * @param url the repository's HTTPS clone URL
 */
export function gitRepository(url: string): KubernetesManifest {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: INFRASTRUCTURE, namespace: FLUX_NAMESPACE, labels: MANAGED_BY_LABELS },
    spec: {
      interval: '1m', // only where an event was lost
      timeout: '60s',
      provider: 'aws',
      url,
      ref: { branch: INFRASTRUCTURE_BRANCH },
    },
  };
}

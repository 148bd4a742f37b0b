import { Environment, environmentObjectName } from './environment';
import { KubernetesManifest } from './kubernetes-object';
import { FLUX_NAMESPACE, MANAGED_BY_LABELS } from './names';

/**
 * Chooses the newest of the environment's tags.
 *
 * Alphabetical on a fixed-width timestamp: the numerical policy compares floating-point numbers, which cannot tell
 * 17-digit ones apart.
 */
export function imagePolicy(environment: Environment): KubernetesManifest {
  return {
    apiVersion: 'image.toolkit.fluxcd.io/v1',
    kind: 'ImagePolicy',
    metadata: { name: environmentObjectName(environment), namespace: FLUX_NAMESPACE, labels: MANAGED_BY_LABELS },
    spec: {
      imageRepositoryRef: { name: environment.application },
      filterTags: { pattern: `^${environment.environment}-(?P<ts>[0-9]{17})-[0-9a-f]{8}$`, extract: '$ts' },
      policy: { alphabetical: { order: 'asc' } },
      digestReflectionPolicy: 'IfNotPresent',
    },
  };
}

import { Environment, environmentObjectName } from './environment';
import { KubernetesManifest } from './kubernetes-object';
import { FLUX_NAMESPACE, INFRASTRUCTURE, MANAGED_BY_LABELS, NOT_RELEASED, RELEASED_ANNOTATION } from './names';

/**
 * Applies the environment's overlay as the environment's own account.
 *
 * It waits until something is released, so that an environment without an image shows as waiting instead of failing. It
 * does not wait for rollouts: the deploy action watches those, and a waiting Kustomization would delay the very commit
 * that puts a broken one right.
 */
export function environmentKustomization(environment: Environment): KubernetesManifest {
  const name = environmentObjectName(environment);
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: {
      name,
      namespace: FLUX_NAMESPACE,
      labels: MANAGED_BY_LABELS,
      annotations: { [RELEASED_ANNOTATION]: NOT_RELEASED },
    },
    spec: {
      interval: '10m',
      retryInterval: '30s',
      timeout: '5m',
      path: `./apps/${environment.application}/${environment.environment}`,
      prune: true,
      wait: false,
      deletionPolicy: 'WaitForTermination',
      serviceAccountName: name,
      targetNamespace: environment.namespace,
      sourceRef: { kind: 'GitRepository', name: INFRASTRUCTURE },
      dependsOn: [
        { name: INFRASTRUCTURE, readyExpr: `self.metadata.annotations['${RELEASED_ANNOTATION}'] != '${NOT_RELEASED}'` },
      ],
    },
  };
}

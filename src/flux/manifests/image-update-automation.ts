import { KubernetesManifest } from './kubernetes-object';
import { FLUX_NAMESPACE, INFRASTRUCTURE, INFRASTRUCTURE_BRANCH, MANAGED_BY_LABELS, MANAGER } from './names';

/**
 * Commits what the image policies choose. One per cluster: several would compete for the branch.
 */
export function imageUpdateAutomation(): KubernetesManifest {
  return {
    apiVersion: 'image.toolkit.fluxcd.io/v1',
    kind: 'ImageUpdateAutomation',
    metadata: { name: INFRASTRUCTURE, namespace: FLUX_NAMESPACE, labels: MANAGED_BY_LABELS },
    spec: {
      interval: '10m', // a policy that changes starts it at once
      sourceRef: { kind: 'GitRepository', name: INFRASTRUCTURE },
      git: {
        checkout: { ref: { branch: INFRASTRUCTURE_BRANCH } },
        commit: {
          author: { name: MANAGER, email: `flux@${MANAGER}.example` },
          messageTemplate: 'Promote\n\n{{ range .Changed.Changes }}{{ .OldValue }} -> {{ .NewValue }}\n{{ end }}',
        },
        push: { branch: INFRASTRUCTURE_BRANCH },
      },
      update: { strategy: 'Setters', path: './' }, // markers are in overlays and in managed files
    },
  };
}

import { deployAccess } from './deploy-access';
import { gitRepository } from './git-repository';
import { imageUpdateAutomation } from './image-update-automation';
import { infrastructureKustomization } from './infrastructure-kustomization';
import { KubernetesManifest } from './kubernetes-object';
import { FLUX_NAMESPACE, INFRASTRUCTURE } from './names';
import { reconcileAccess } from './reconcile-access';
import { reconcileAdmissionPolicy } from './reconcile-admission-policy';
import { rolloutsClusterRole } from './rollouts-cluster-role';

/** What the platform's own objects depend on. */
export interface PlatformObjectsOptions {
  readonly platformName: string;
  readonly repositoryUrl: string;
  readonly imageAutomation: boolean;
}

/** Everything that is in the cluster beside Flux before it follows the repository, in the order in which it is applied. */
export function platformObjects({ platformName, repositoryUrl, imageAutomation }: PlatformObjectsOptions): KubernetesManifest[] {
  return [
    rolloutsClusterRole(),
    ...deployAccess(imageAutomation),
    ...reconcileAdmissionPolicy(), // ahead of the right that it limits
    ...reconcileAccess(imageAutomation),
    gitRepository(repositoryUrl),
    infrastructureKustomization(platformName),
    ...(imageAutomation ? [imageUpdateAutomation()] : []),
  ];
}

/** The objects that have to be ready before delivery can work. */
export function syncObjects(): object[] {
  return [
    { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', name: INFRASTRUCTURE, namespace: FLUX_NAMESPACE },
    { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', name: INFRASTRUCTURE, namespace: FLUX_NAMESPACE },
  ];
}

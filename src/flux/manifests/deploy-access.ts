import { groupRole } from './group-role';
import { KubernetesManifest } from './kubernetes-object';
import { DEPLOY_GROUP, INFRASTRUCTURE, MANAGER } from './names';

const VERBS = ['get'];

/**
 * Lets the deploy function see how far Flux has come. It changes nothing in the cluster.
 *
 * @param imageAutomation whether Flux has objects of images at all
 */
export function deployAccess(imageAutomation: boolean): KubernetesManifest[] {
  const image = 'image.toolkit.fluxcd.io';
  return groupRole(`${MANAGER}-deploy`, DEPLOY_GROUP, [
    { apiGroups: ['kustomize.toolkit.fluxcd.io'], resources: ['kustomizations'], verbs: VERBS },
    { apiGroups: ['source.toolkit.fluxcd.io'], resources: ['gitrepositories'], resourceNames: [INFRASTRUCTURE], verbs: VERBS },
    ...(imageAutomation ? [
      { apiGroups: [image], resources: ['imagerepositories', 'imagepolicies'], verbs: VERBS },
      { apiGroups: [image], resources: ['imageupdateautomations'], resourceNames: [INFRASTRUCTURE], verbs: VERBS },
    ] : []),
  ]);
}

import { groupRole } from './group-role';
import { KubernetesManifest } from './kubernetes-object';
import { DEPLOY_GROUP, MANAGER } from './names';

const READ = ['get'];

/** Lets the deploy function see how far Flux has come. It changes nothing in the cluster. */
export function deployAccess(): KubernetesManifest[] {
  return groupRole(`${MANAGER}-deploy`, DEPLOY_GROUP, [
    { apiGroups: ['kustomize.toolkit.fluxcd.io'], resources: ['kustomizations'], verbs: READ },
    { apiGroups: ['source.toolkit.fluxcd.io'], resources: ['gitrepositories'], verbs: READ },
    { apiGroups: ['image.toolkit.fluxcd.io'], resources: ['imagerepositories', 'imagepolicies', 'imageupdateautomations'], verbs: READ },
  ]);
}

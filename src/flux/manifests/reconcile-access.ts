import { groupRole } from './group-role';
import { KubernetesManifest } from './kubernetes-object';
import { INFRASTRUCTURE, MANAGER, RECONCILE_GROUP } from './names';

const VERBS = ['get', 'patch'];

/**
 * Lets the reconcile function ask Flux to look now. A right to patch cannot be limited to annotations, so an admission
 * policy limits it further.
 *
 * @param imageAutomation whether Flux looks into image repositories at all
 */
export function reconcileAccess(imageAutomation: boolean): KubernetesManifest[] {
  return groupRole(`${MANAGER}-reconcile`, RECONCILE_GROUP, [
    { apiGroups: ['source.toolkit.fluxcd.io'], resources: ['gitrepositories'], resourceNames: [INFRASTRUCTURE], verbs: VERBS },
    ...(imageAutomation ? [{ apiGroups: ['image.toolkit.fluxcd.io'], resources: ['imagerepositories'], verbs: VERBS }] : []),
  ]);
}

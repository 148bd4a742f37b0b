import { exercises, Grant, grantsOf, matches, Role } from './grants';
import type { AuditedRequest } from '../../../sandbox/cluster';
import type { Environment } from '../../../src/flux/manifests/environment';
import { environmentNamespace } from '../../../src/flux/manifests/environment-namespace';
import { DEPLOY_GROUP, RECONCILE_GROUP } from '../../../src/flux/manifests/names';
import { platformObjects } from '../../../src/flux/manifests/platform-objects';

/** One grant where one binding gives it to one function */
export interface Permit {
  readonly group: string;
  readonly binding: string;
  readonly namespace: string;
  readonly grant: Grant;
}

/** Both functions, which act in the cluster with no rights but these */
export const GROUPS = [DEPLOY_GROUP, RECONCILE_GROUP];

/** Those of the README's example */
export const ENVIRONMENTS: readonly Environment[] = ['staging', 'production'].map((environment) => ({
  platform: 'shop',
  application: 'shop',
  environment,
  namespace: `shop-${environment}`,
  followsTags: environment === 'staging',
  imageRepositoryUri: 'example.com/shop',
}));

/** All that the shipped manifests permit the two functions, in a platform with these environments. */
export function shippedPermits(environments: readonly Environment[]): Permit[] {
  const objects: any[] = [
    ...platformObjects({ platformName: 'shop', repositoryUrl: 'https://example.com', imageAutomation: true }),
    ...environments.flatMap(environmentNamespace),
  ];
  const roles: Role[] = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
  const bindings = objects.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding');
  return bindings.flatMap(({ metadata, roleRef, subjects }) => subjects
    .filter(({ kind, name }: any) => kind === 'Group' && GROUPS.includes(name))
    .flatMap(({ name: group }: any) => roles.filter(({ kind, metadata: { name } }) => kind === roleRef.kind && name === roleRef.name)
      .flatMap(grantsOf).map((grant): Permit => ({ group, binding: metadata.name, namespace: metadata.namespace, grant }))));
}

/** Whether the authorizer allowed a request by this permit, as it says itself. */
export function allowedBy(request: AuditedRequest, { group, binding, namespace, grant }: Permit): boolean {
  return request.groups.includes(group) && request.reason.includes(` RoleBinding "${binding}/${namespace}" of `) && exercises(request, grant);
}

/** Whether a permit would allow a request, if the authorizer came to ask it. */
export function covers({ group, namespace, grant }: Permit, request: AuditedRequest): boolean {
  return request.groups.includes(group) && request.resource?.namespace === namespace && matches(request, grant);
}

import type { AuditedRequest } from '../../../sandbox/cluster';

/** A Role or ClusterRole, of what is used here */
export interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules: Rule[];
}

export interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}

/** One verb on one resource: the smallest part of a role that can be taken away */
export interface Grant {
  readonly role: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly resourceNames?: string[];
  readonly verb: string;
}

/** All that a role grants, one by one. */
export function grantsOf(role: Role): Grant[] {
  return role.rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) => apiGroups.flatMap((apiGroup) => resources.flatMap((resource) =>
    verbs.map((verb) => ({ role: `${role.kind} ${JSON.stringify(role.metadata.name)}`, apiGroup, resource, resourceNames, verb })))));
}

/** `Role "cdk-gitops-pipeline-deploy": get gitrepositories.source.toolkit.fluxcd.io infrastructure` */
export function describeGrant({ role, apiGroup, resource, resourceNames = [], verb }: Grant): string {
  return [`${role}:`, verb, `${resource}${apiGroup ? `.${apiGroup}` : ''}`, ...resourceNames].join(' ');
}

/** Whether a request was allowed by this grant's role for what this grant says, as the API server's authorizer says itself. */
export function exercises(request: AuditedRequest, grant: Grant): boolean {
  return request.decision === 'allow' && request.reason.includes(` of ${grant.role} to `) && matches(request, grant);
}

/** Whether a request is what a grant allows: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources */
export function matches({ resource, verb }: AuditedRequest, grant: Grant): boolean {
  return verb === grant.verb && resource !== undefined
    && resource.apiGroup === grant.apiGroup
    && [resource.resource, resource.subresource].filter(Boolean).join('/') === grant.resource
    && (!grant.resourceNames || grant.resourceNames.includes(resource.name ?? ''));
}

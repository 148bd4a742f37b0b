import { existsSync, readFileSync } from 'node:fs';

/** One request to the API server, and what its authorizer said; equal requests are counted */
export interface AuditedRequest {
  readonly user: string;
  readonly groups: string[];
  /** Who acted as that user, if it was not the user itself. */
  readonly impersonator?: string;
  readonly verb: string;
  /** Absent where the request is for no resource, but for a path such as `/apis`. */
  readonly resource?: RequestedResource;
  readonly path?: string;
  /** HTTP status: an admission policy refuses with 403 what the authorizer allowed. */
  readonly status: number;
  readonly decision: string;
  /** Which binding of which role allowed it. */
  readonly reason: string;
  readonly count: number;
}

/** What a request is for, as RBAC sees it */
export interface RequestedResource {
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The parts of Kubernetes itself, and who stands for AWS: their rights are not the template's. */
const SYSTEM_USERS = ['admin', 'kwok', 'system:anonymous', 'system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler'];
const SYSTEM_GROUPS = ['system:nodes', 'system:serviceaccounts:kube-system'];

/** What the API server writes down: who asked for what, without contents, of everyone but the system's own. */
export function auditPolicy(): object {
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', users: SYSTEM_USERS },
      { level: 'None', userGroups: SYSTEM_GROUPS },
      { level: 'Metadata' },
    ],
  };
}

/** Reads what the API server wrote. A watch is written twice, when it begins and when it ends, and counts once. */
export function readAudit(file: string): AuditedRequest[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const ids = new Set<string>();
  const requests = new Map<string, AuditedRequest>();
  for (const line of text.split('\n').slice(0, -1)) { // the last one may be half written
    const event = JSON.parse(line);
    if (ids.has(event.auditID)) continue;
    ids.add(event.auditID);
    const request = reduce(event);
    const key = JSON.stringify(request);
    requests.set(key, { ...request, count: (requests.get(key)?.count ?? 0) + 1 });
  }
  return [...requests.values()];
}

function reduce({ user, impersonatedUser, verb, objectRef, requestURI, responseStatus, annotations = {} }: any): Omit<AuditedRequest, 'count'> {
  const { username, groups = [] } = impersonatedUser ?? user;
  return {
    user: username,
    groups,
    impersonator: impersonatedUser && user.username,
    verb,
    ...objectRef ? {
      resource: {
        apiGroup: objectRef.apiGroup ?? '',
        resource: objectRef.resource,
        subresource: objectRef.subresource,
        namespace: objectRef.namespace,
        name: objectRef.name,
      },
    } : { path: requestURI.split('?')[0] },
    status: responseStatus?.code ?? 0,
    decision: annotations['authorization.k8s.io/decision'] ?? 'none',
    reason: annotations['authorization.k8s.io/reason'] ?? '',
  };
}

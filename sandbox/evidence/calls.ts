import type { EvidencedCall } from './evidence';
import type { CallRecord, Deployment } from '../account';

/** The calls of a run, by the roles of its templates, equal ones once */
export function evidencedCalls(calls: readonly CallRecord[], deployments: readonly Deployment[]): EvidencedCall[] {
  const found = new Map<string, EvidencedCall>();
  for (const { time, principal, action, resources, allowed, context } of calls) {
    const name = principal.split('/').pop()!;
    for (const resource of resources) {
      const deployment = deploymentOf(deployments, name, resource, time);
      const logicalId = deployment === undefined ? undefined : deployments[deployment].logicalIds[name];
      const role = logicalId ? `${deployments[deployment!].stack}/${logicalId}` : name;
      const key = JSON.stringify([role, action, resource, allowed, deployment, context && { ...context, principal_arn: '', principal_keys: '' }]);
      found.set(key, { role, action, resource, allowed, context, deployment, count: (found.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...found.values()];
}

/**
 * The newest deployment that has the role and had begun; the first one where the role is older than what is known
 *
 * A service that calls as itself has no role, but meets the policy of the resource.
 */
function deploymentOf(deployments: readonly Deployment[], caller: string, resource: string, time: number): number | undefined {
  const holder = caller.endsWith('.amazonaws.com') ? resource : caller;
  const having = deployments.map((deployment, index) => ({ deployment, index })).filter(({ deployment }) => holder in deployment.logicalIds);
  return (having.filter(({ deployment }) => deployment.from <= time).pop() ?? having[0])?.index;
}

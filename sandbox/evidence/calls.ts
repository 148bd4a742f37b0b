import type { EvidencedCall } from './evidence';
import type { CallRecord, Deployment } from '../account';

/** The calls of a run, by the roles of its templates, equal ones once */
export function evidencedCalls(calls: readonly CallRecord[], deployments: readonly Deployment[]): EvidencedCall[] {
  const found = new Map<string, EvidencedCall>();
  for (const { time, principal, action, resources, allowed, context } of calls) {
    const name = principal.split('/').pop()!;
    const deployment = deploymentOf(deployments, name, time);
    const role = deployment === undefined ? name : `${deployments[deployment].stack}/${deployments[deployment].logicalIds[name]}`;
    for (const resource of resources) {
      const key = JSON.stringify([role, action, resource, allowed, deployment, context && { ...context, principal_arn: '', principal_keys: '' }]);
      found.set(key, { role, action, resource, allowed, context, deployment, count: (found.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...found.values()];
}

/** The newest deployment that has the role and had begun; the first one where the role is older than what is known. */
function deploymentOf(deployments: readonly Deployment[], role: string, time: number): number | undefined {
  const having = deployments.map((deployment, index) => ({ deployment, index })).filter(({ deployment }) => role in deployment.roles);
  return (having.filter(({ deployment }) => deployment.from <= time).pop() ?? having[0])?.index;
}

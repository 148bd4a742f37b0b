import { describeGrant } from './grants';
import { allowedBy, covers, Permit } from './permits';
import type { AuditedRequest } from '../../../sandbox/cluster';

/** A verb on a resource taken out of its role, or a binding taken away */
export interface Mutant {
  readonly name: string;
  readonly removed: readonly Permit[];
}

export function mutantsOf(permits: readonly Permit[]): Mutant[] {
  return [
    ...grouped(permits, ({ grant }) => describeGrant(grant)),
    ...grouped(permits, ({ binding, namespace }) => `RoleBinding ${binding} in ${namespace}`),
  ];
}

/** Whether a request that a run needed would be refused: it was allowed by what is removed, and nothing else allows it. */
export function isKilled({ removed }: Mutant, permits: readonly Permit[], requests: readonly AuditedRequest[]): boolean {
  const rest = permits.filter((permit) => !removed.includes(permit));
  return requests.some((request) => removed.some((permit) => allowedBy(request, permit)) && !rest.some((permit) => covers(permit, request)));
}

function grouped(permits: readonly Permit[], nameOf: (permit: Permit) => string): Mutant[] {
  const names = [...new Set(permits.map(nameOf))];
  return names.map((name) => ({ name, removed: permits.filter((permit) => nameOf(permit) === name) }));
}

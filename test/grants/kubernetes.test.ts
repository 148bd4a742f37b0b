import { describeGrant } from './kubernetes/grants';
import { isKilled, mutantsOf } from './kubernetes/mutants';
import { allowedBy, covers, ENVIRONMENTS, GROUPS, shippedPermits } from './kubernetes/permits';
import { UNEXERCISED_GRANTS } from './kubernetes/unexercised-grants';
import type { AuditedRequest } from '../../sandbox/cluster';
import { readEvidence } from '../../sandbox/evidence';
import { ROLLOUTS_ROLE } from '../../src/flux/manifests/names';
import { writeFigures } from '../verify/figures';

/** Judges what the runs before recorded: run test/e2e and test/faults first. */
const requests = readEvidence().flatMap(({ run, kubernetes }) => kubernetes.map((request) => ({ run, ...request })))
  .filter(({ groups }) => GROUPS.some((group) => groups.includes(group)));
/** Which kinds there are, which everybody may ask. */
const DISCOVERY = /^\/apis?(\/|$)/;
/** Environments that a run added to the example's; each comes with a binding like theirs. */
const added = [...new Set(requests.flatMap(({ reason }) => new RegExp(`RoleBinding "${ROLLOUTS_ROLE}/([^"]+)"`).exec(reason)?.[1] ?? []))]
  .filter((namespace) => !ENVIRONMENTS.some((environment) => environment.namespace === namespace));
const permits = shippedPermits([...ENVIRONMENTS, ...added.map((namespace) => ({ ...ENVIRONMENTS[0], environment: namespace, namespace }))]);
const grants = [...new Set(permits.map(({ grant }) => describeGrant(grant)))];
const used = permits.filter((permit) => requests.some((request) => allowedBy(request, permit)));
const exercised = new Set(used.map(({ grant }) => describeGrant(grant)));
const mutants = mutantsOf(permits).map((mutant) => ({ ...mutant, killed: isKilled(mutant, permits, requests) }));

test('both functions asked the cluster, and for nothing beyond their rights', () => {
  expect(GROUPS.filter((group) => !requests.some(({ groups }) => groups.includes(group)))).toEqual([]);
  // what a server refuses that has just come back, and does not know its roles yet, is no lack of rights
  const known = (request: AuditedRequest): boolean => permits.some((permit) => covers(permit, request)) || DISCOVERY.test(request.path ?? '');
  expect(requests.filter((request) => (request.decision !== 'allow' || request.status === 403) && !known(request))).toEqual([]);
});

test('the admission policy refused nothing that the functions asked for', () => {
  expect(requests.filter(({ decision, status }) => decision === 'allow' && status === 403)).toEqual([]);
});

test('the shipped manifests permit what the authorizer allowed by these roles', () => {
  const byRole = requests.filter(({ reason }) => permits.some(({ grant }) => reason.includes(` of ${grant.role} to `)));

  expect(byRole.filter((request) => !permits.some((permit) => covers(permit, request)))).toEqual([]);
  expect(byRole.length).toBeGreaterThan(0);
});

test('each verb on each resource is used by a run, or listed with the reason why not', () => {
  expect(grants.filter((grant) => !exercised.has(grant) && !(grant in UNEXERCISED_GRANTS))).toEqual([]);
});

test('the list names nothing that a run uses, and nothing that is not granted', () => {
  expect(Object.keys(UNEXERCISED_GRANTS).filter((grant) => exercised.has(grant) || !grants.includes(grant))).toEqual([]);
  expect(Object.values(UNEXERCISED_GRANTS).filter((reason) => !/\w{3}.*\.$/.test(reason))).toEqual([]);
});

test('without any one of them, or any one binding, a request that a run needs is refused', () => {
  expect(mutants.filter(({ name, killed }) => !killed && !(name in UNEXERCISED_GRANTS)).map(({ name }) => name)).toEqual([]);
});

afterAll(() => {
  const judged = mutants.filter(({ name }) => !(name in UNEXERCISED_GRANTS));
  writeFigures('kubernetes-grants', {
    'requests to the cluster evaluated': requests.reduce((sum, { count }) => sum + count, 0),
    'RBAC grants exercised': `${exercised.size} of ${grants.length}`,
    'RBAC grants listed with a reason': Object.keys(UNEXERCISED_GRANTS).length,
    'RBAC mutants killed': `${judged.filter(({ killed }) => killed).length} of ${judged.length}`,
  });
});

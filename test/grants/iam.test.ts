import { Findings, GrantFinding, MutantFinding } from './iam/findings';
import { ALLOWED_TWICE, UNEXERCISED_GRANTS } from './iam/unexercised-grants';
import { OPERATORS } from '../../benchmarks/iam-evaluators/conditions';
import { readEvidence } from '../../sandbox/evidence';
import { writeFigures } from '../verify/figures';

/** Judges what the runs before recorded: run test/e2e and test/faults first. */
const runs = readEvidence();
const calls = runs.flatMap((run) => run.calls);
let findings: Findings;

beforeAll(async () => {
  findings = await Findings.of(runs, 'ShopStack');
});

const withoutHash = (text: string): string => text.replace(/[0-9A-F]{8}(?=$|[:/])/g, '');
const listed = (holder: string, part: string): boolean => UNEXERCISED_GRANTS.some((grants) =>
  grants.holder === withoutHash(holder) && grants.parts.includes(withoutHash(part)));
const twice = ({ holder }: MutantFinding, action: string): boolean => `${withoutHash(holder)} ${action}` in ALLOWED_TWICE;
/** The rest of what is taken away is on the list. */
const explained = (mutant: MutantFinding): boolean => mutant.actions.every((action) => listed(mutant.holder, action) || twice(mutant, action));
const name = ({ holder, part }: GrantFinding): string => `${withoutHash(holder)} ${withoutHash(part)}`;

test('the replay decides as the run did', () => {
  expect(findings.replayed).toBeGreaterThan(0);
  expect(findings.differing).toEqual([]);
});

test('no run was refused a call', () => {
  const refused = runs.flatMap((run) => run.calls.filter(({ allowed }) => !allowed).map(({ role, action, resource }) => `${run.run}: ${role} ${action} on ${resource}`));

  expect(refused).toEqual([]);
});

test('no policy has what the evaluator was not compared about, or was found to know differently (decision 0010)', () => {
  const policies = runs.flatMap(({ deployments }) => deployments.flatMap(({ roles, resources }) => [
    ...Object.values(roles).flatMap(({ inline }) => Object.values(inline)), ...Object.values(resources),
  ]));
  const statements = policies.flatMap(({ Statement }) => [Statement].flat());
  const operators = new Set(statements.flatMap(({ Condition = {} }) => Object.keys(Condition)));

  expect(statements.length).toBeGreaterThan(0);
  expect([...operators].filter((operator) => !OPERATORS.has(operator))).toEqual([]);
  expect(JSON.stringify(statements)).not.toMatch(/"NotPrincipal"|\$\{|"aws:PrincipalArn"/i);
  expect(runs.flatMap(({ deployments }) => deployments.flatMap(({ roles }) => Object.values(roles).filter(({ boundary }) => boundary)))).toEqual([]);
});

test('each action and resource pattern of each role is used by a run, or listed with the reason why not', () => {
  const unexplained = [...findings.grants.values()].filter(({ holder, part, exercised }) => !exercised && !listed(holder, part));

  expect(unexplained.map(name)).toEqual([]);
});

test('the list names nothing that a run uses, and nothing that is not granted', () => {
  const unused = new Set([
    ...[...findings.grants.values()].filter(({ exercised }) => !exercised).map(name),
    ...[...findings.mutants.values()].filter(({ killed }) => !killed).flatMap(({ holder, actions }) => actions.map((action) => `${withoutHash(holder)} ${action}`)),
  ]);
  const stale = UNEXERCISED_GRANTS.flatMap(({ holder, parts }) => parts.map((part) => `${holder} ${part}`)).filter((grant) => !unused.has(grant));

  expect(stale).toEqual([]);
  expect(UNEXERCISED_GRANTS.filter(({ reason }) => !/\w{3}.*\.$/.test(reason))).toEqual([]);
});

test('without any one statement, or any one action of one, a call that a run needs is refused', () => {
  const survivors = [...findings.mutants.values()].filter((mutant) => !mutant.killed && !explained(mutant));

  expect(survivors.map((mutant) => mutant.name)).toEqual([]);
});

test('what is said to be allowed twice survives, and is there', () => {
  const survivors = [...findings.mutants.values()].filter(({ killed }) => !killed);
  const stale = Object.keys(ALLOWED_TWICE).filter((entry) => !survivors.some((mutant) => mutant.actions.some((action) => twice(mutant, action)
    && `${withoutHash(mutant.holder)} ${action}` === entry)));

  expect(stale).toEqual([]);
});

afterAll(() => {
  const mutants = [...findings.mutants.values()];
  const grants = [...findings.grants.values()];
  const judged = mutants.filter((mutant) => mutant.killed || !explained(mutant));
  const count = (some: readonly { count: number }[]): number => some.reduce((sum, each) => sum + each.count, 0);
  writeFigures('iam-grants', {
    'AWS calls evaluated': count(calls.filter(({ context }) => context)),
    'AWS calls denied': count(calls.filter(({ allowed }) => !allowed)),
    'grants exercised': grants.filter(({ exercised }) => exercised).length,
    'grants listed with a reason': grants.filter(({ exercised }) => !exercised).length,
    'IAM statements whose removal a run notices': `${judged.filter(({ whole, killed }) => whole && killed).length} of ${judged.filter(({ whole }) => whole).length}`,
    'IAM mutants killed': `${judged.filter(({ killed }) => killed).length} of ${judged.length}`,
    'IAM mutants of listed grants, apart': mutants.length - judged.length,
  });
});

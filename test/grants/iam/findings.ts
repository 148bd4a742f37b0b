import { Grant, Mutant, replay } from './replay';
import type { Deployment } from '../../../sandbox/account';
import type { Evidence } from '../../../sandbox/evidence';

/** A statement or one action of one, taken away; named alike in every run */
export interface MutantFinding {
  readonly name: string;
  /** Logical id of the role, or of the resource whose policy it is. */
  readonly holder: string;
  /** What is taken away. */
  readonly actions: readonly string[];
  readonly whole: boolean;
  killed: boolean;
}

/** An action or a resource pattern of a role's statement */
export interface GrantFinding {
  /** Logical id of the role. */
  readonly holder: string;
  readonly part: string;
  exercised: boolean;
}

/** What all runs of a stack together say of its policies */
export class Findings {
  public static async of(runs: readonly Evidence[], stack: string): Promise<Findings> {
    const findings = new Findings();
    for (const evidence of runs) {
      for (const [index, { stack: name }] of evidence.deployments.entries()) if (name === stack) await findings.add(evidence, index);
    }
    return findings;
  }

  /** By name. */
  public readonly mutants = new Map<string, MutantFinding>();
  public readonly grants = new Map<string, GrantFinding>();
  /** Calls that were allowed and are refused in the replay: none, or the replay is not what was deployed. */
  public readonly differing: string[] = [];
  public replayed = 0;

  private constructor() {}

  private async add({ run, deployments, calls }: Evidence, index: number): Promise<void> {
    const deployment = deployments[index];
    const [mutants, grants] = [mutantsOf(deployment), grantsOf(deployment)];
    const replayed = calls.filter((call) => call.deployment === index && call.allowed && call.context)
      .map(({ action, resource, context }) => ({ holder: roleName(context!.principal_arn), action, resource, context: context! }));
    const { refused, survivors, exercised } = await replay({ ...deployment, calls: replayed, mutants, grants });
    this.replayed += replayed.length;
    this.differing.push(...refused.map((at) => `${run}: ${replayed[at].holder} ${replayed[at].action} on ${replayed[at].resource}`));
    mutants.forEach((mutant, at) => {
      const finding = mutantFinding(deployment, mutant);
      const known = this.mutants.get(finding.name) ?? finding;
      known.killed ||= !survivors.includes(at);
      this.mutants.set(finding.name, known);
    });
    grants.forEach((grant, at) => {
      const finding = { holder: deployment.logicalIds[grant.holder], part: withLogicalIds(deployment, grant.part), exercised: false };
      const name = `${finding.holder} ${finding.part}`;
      const known = this.grants.get(name) ?? finding;
      known.exercised ||= exercised.includes(at);
      this.grants.set(name, known);
    });
  }
}

const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : [value].flat() as T[]);

/** A service that calls as itself has no role. */
function roleName(principal: string): string {
  return principal.split('/')[1] ?? principal;
}

/** Each statement, and each action of each: of roles' own policies, and of resources. */
function mutantsOf({ roles, resources }: Deployment): Mutant[] {
  const policies = [
    ...Object.entries(roles).flatMap(([holder, { inline }]) => Object.entries(inline)
      .map(([policy, document]) => ({ kind: 'inline' as const, holder, policy, document }))),
    ...Object.entries(resources).map(([holder, document]) => ({ kind: 'resource' as const, holder, document })),
  ];
  return policies.flatMap(({ document, ...policy }) => list(document.Statement).flatMap(({ Effect, Action }, statement) => {
    const whole = { ...policy, statement, effect: Effect };
    const actions = list<string>(Action);
    return actions.length > 1 ? [whole, ...actions.map((action) => ({ ...whole, action }))] : [whole];
  }));
}

function mutantFinding({ roles, resources, logicalIds }: Deployment, { kind, holder, policy, statement, effect, action }: Mutant): MutantFinding {
  const { Action } = list((kind === 'resource' ? resources[holder] : roles[holder].inline[policy!]).Statement)[statement];
  const actions = action ? [action] : list<string>(Action);
  const place = policy ? Object.keys(roles[holder].inline).sort().indexOf(policy) : 0;
  const name = `${logicalIds[holder]}, statement ${place}.${statement}: ${effect} ${actions.join(', ')}`;
  return { name, holder: logicalIds[holder], actions, whole: !action, killed: false };
}

/** Actions and resource patterns, each once with all of the other. */
function grantsOf({ roles }: Deployment): Grant[] {
  return Object.entries(roles).flatMap(([holder, { inline }]) => Object.values(inline).flatMap(({ Statement }) => list(Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) => [
      ...list<string>(statement.Action).map((part) => ({ holder, part, statement: { ...statement, Action: part } })),
      ...list<string>(statement.Resource).map((part) => ({ holder, part, statement: { ...statement, Resource: part } })),
    ])));
}

/** Physical names differ by run, logical ids do not. */
function withLogicalIds({ logicalIds }: Deployment, part: string): string {
  const arn = Object.keys(logicalIds).find((name) => name.startsWith('arn:') && (part === name || part.startsWith(`${name}/`)));
  return arn ? part.replace(arn, logicalIds[arn]) : part.replace(/^arn:aws:(\w+):[^:]*:\d*:/, '$1:');
}

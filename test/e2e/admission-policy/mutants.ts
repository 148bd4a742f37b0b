import { reconcileAdmissionPolicy } from '../../../src/flux/manifests/reconcile-admission-policy';

/** The policy and its binding, changed in one place */
export interface Mutant {
  readonly name: string;
  readonly policy: any;
  /** Absent where the binding is taken away. */
  readonly binding?: any;
}

const [POLICY, BINDING]: any[] = reconcileAdmissionPolicy();
const { validations, matchConstraints: { resourceRules } } = POLICY.spec;

/** The policy as it is shipped. */
export const SHIPPED: Mutant = { name: 'as shipped', policy: POLICY, binding: BINDING };

/** Each part of the policy taken away, or made wider or narrower. */
export function mutants(): Mutant[] {
  return [
    ...validations.map(({ message }: any, index: number) => changed(`without the rule "${message.split(': ')[1]}"`, (spec) => spec.validations.splice(index, 1))),
    ...validations.flatMap(({ expression }: any, index: number) => parts(expression).map(([part, rest]) => (
      changed(`without ${part}`, (spec) => { spec.validations[index].expression = rest; })
    ))),
    changed('for everybody', (spec) => { delete spec.matchConditions; }),
    changed('for nobody', (spec) => { spec.matchConditions[0].expression = 'false'; }),
    ...resourceRules.map(({ apiGroups }: any, index: number) => changed(`not for ${apiGroups}`, (spec) => spec.matchConstraints.resourceRules.splice(index, 1))),
    ...['CREATE', 'UPDATE', 'DELETE'].map((left) => changed(`not for ${left}`, (spec) => {
      for (const rule of spec.matchConstraints.resourceRules) rule.operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'].filter((operation) => operation !== left);
    })),
    changed('not for subresources', (spec) => {
      for (const rule of spec.matchConstraints.resourceRules) rule.resources = ['*'];
    }),
    { name: 'without its binding', policy: POLICY },
    { name: 'that only warns', policy: POLICY, binding: { ...BINDING, spec: { ...BINDING.spec, validationActions: ['Warn'] } } },
  ];
}

function changed(name: string, change: (spec: any) => void): Mutant {
  const policy = structuredClone(POLICY);
  change(policy.spec);
  return { name, policy, binding: BINDING };
}

/** An expression without one of its conditions, or with one more thing that may not change: what it is without, and the rest. */
function parts(expression: string): [string, string][] {
  const exceptions = [...expression.matchAll(/key in \["([^\]]*)"\]/g)].flatMap(([list, names]) => names.split('","').map((name): [string, string] => (
    [`the exception ${name} in ${expression}`, expression.replace(list, list.replace(JSON.stringify(name), '""'))]
  )));
  const conditions = expression.includes(' && ') && !expression.includes('.all(')
    ? expression.split(' && ').map((condition, index, all): [string, string] => [condition, all.filter((_, other) => other !== index).join(' && ')]) : [];
  return [...exceptions, ...conditions];
}

import * as fc from 'fast-check';

interface Key {
  readonly operators: readonly string[];
  /** What a request may have. */
  readonly values: readonly (string | readonly string[])[];
  /** What a policy may ask for. */
  readonly expected: readonly string[];
  /** Every request has it. */
  readonly always?: true;
  /** Only these requests have it, and only policies about the same service ask for it. */
  readonly actions?: readonly string[];
}

const STRING = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase', 'StringEqualsIfExists', 'StringNotEqualsIfExists'];
const SET = ['ForAnyValue:StringEquals', 'ForAllValues:StringEquals', 'ForAnyValue:StringLike', 'ForAllValues:StringNotEquals'];
const ARN = ['ArnEquals', 'ArnLike', 'ArnNotLike', 'ArnLikeIfExists'];

/** The condition keys of the product's policies, and of others of each type */
const KEYS: Readonly<Record<string, Key>> = {
  'aws:RequestedRegion': { operators: STRING, values: ['eu-central-1', 'us-east-1'], expected: ['eu-central-1', 'eu-*', 'EU-CENTRAL-1'], always: true },
  'aws:SecureTransport': { operators: ['Bool', 'BoolIfExists'], values: ['true', 'false'], expected: ['true', 'false'], always: true },
  'aws:PrincipalAccount': { operators: STRING, values: ['123456789012'], expected: ['123456789012', '210987654321'], always: true },
  'aws:SourceIp': { operators: ['IpAddress', 'NotIpAddress'], values: ['10.0.1.2', '192.0.2.1'], expected: ['10.0.0.0/16', '192.0.2.1', '10.0.1.2/32'], always: true },
  'aws:PrincipalTag/team': { operators: STRING, values: ['shop', 'Shop', 'cart'], expected: ['shop', 's*', 'S?op'] },
  'aws:SourceArn': {
    operators: ARN,
    values: ['arn:aws:events:eu-central-1:123456789012:rule/shop-push', 'arn:aws:events:eu-central-1:123456789012:rule/other'],
    expected: ['arn:aws:events:eu-central-1:123456789012:rule/shop-push', 'arn:aws:events:*:123456789012:rule/shop-*', 'arn:aws:events:*:*:*'],
  },
  'aws:TagKeys': { operators: SET, values: [['team'], ['team', 'cost'], ['owner']], expected: ['team', 'cost', 't*'] },
  'aws:MultiFactorAuthAge': { operators: ['NumericLessThan', 'NumericGreaterThanEquals', 'NumericEquals'], values: ['10', '3600'], expected: ['60', '3600'] },
  'aws:TokenIssueTime': {
    operators: ['DateLessThan', 'DateGreaterThanEquals'],
    values: ['2026-01-01T00:00:00Z', '2024-06-01T12:00:00Z'],
    expected: ['2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  },
  'kms:ViaService': {
    operators: STRING,
    values: ['s3.eu-central-1.amazonaws.com', 'codecommit.eu-central-1.amazonaws.com'],
    expected: ['s3.eu-central-1.amazonaws.com', 'codecommit.*.amazonaws.com'],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
  },
  'codecommit:References': {
    operators: STRING,
    values: ['refs/heads/main', 'refs/heads/topic'],
    expected: ['refs/heads/main', 'refs/heads/*'],
    actions: ['codecommit:CreateCommit', 'codecommit:GitPush'],
  },
};

/** All that cases have. */
export const OPERATORS: ReadonlySet<string> = new Set([...Object.values(KEYS).flatMap(({ operators }) => operators), 'Null']);

/** The keys that policies for an action may ask for. */
export function keysOf(action: string): string[] {
  const service = action.split(':')[0];
  return Object.entries(KEYS).filter(([, { actions }]) => !actions || actions.some((one) => one.startsWith(`${service}:`))).map(([name]) => name);
}

/** Each key has a value or, where it may be so, none. */
export function arbitraryContext(action: string): fc.Arbitrary<Record<string, string | readonly string[]>> {
  const keys = keysOf(action).filter((key) => KEYS[key].actions?.includes(action) ?? true);
  const values = Object.fromEntries(keys.map((key) => [key, fc.constantFrom(...KEYS[key].values)]));
  return fc.record(values, { requiredKeys: keys.filter((key) => KEYS[key].always) });
}

type Condition = Record<string, Record<string, string | readonly string[]>>;

/** One or two operators, each on a key of its type. */
export function arbitraryCondition(keys: readonly string[]): fc.Arbitrary<Condition> {
  const one = fc.constantFrom(...keys).chain((key) => {
    const values = fc.uniqueArray(fc.constantFrom(...KEYS[key].expected), { minLength: 1, maxLength: 2 });
    return fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...KEYS[key].operators), values.map(oneOrMore)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('Null'), fc.constantFrom('true', 'false')) },
    ).map(([operator, expected]): Condition => ({ [operator]: { [key]: expected } }));
  });
  return fc.array(one, { minLength: 1, maxLength: 2 }).map((parts) => Object.assign({}, ...parts));
}

/** As policies are mostly written. */
export function oneOrMore(list: readonly string[]): string | readonly string[] {
  return list.length === 1 ? list[0] : list;
}

import * as fc from 'fast-check';
import type { Case, Policy, Statement } from './case';
import { arbitraryCondition, arbitraryContext, keysOf, oneOrMore } from './conditions';

const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/shop-deployer`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/shop-deployer/session`;

/** Actions that the product grants, on what they may be granted; the patterns are those that a policy may have for it */
interface Target {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly patterns: readonly string[];
  /** Whether the resource has a policy of its own. */
  readonly hasPolicy?: boolean;
}

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:${ACCOUNT}:${rest}`;

const TARGETS: readonly Target[] = [
  {
    actions: ['codecommit:CreateCommit', 'codecommit:GetFile', 'codecommit:GitPush'],
    resources: [arn('codecommit', 'shop-infrastructure'), arn('codecommit', 'shop-shop')],
    patterns: [arn('codecommit', 'shop-*'), arn('codecommit', 'shop-????')],
  },
  {
    actions: ['ecr:PutImage', 'ecr:BatchGetImage', 'ecr:DescribeImages'],
    resources: [arn('ecr', 'repository/shop/shop'), arn('ecr', 'repository/shop/cart')],
    patterns: [arn('ecr', 'repository/shop/*'), arn('ecr', 'repository/SHOP/*')],
  },
  {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [arn('kms', 'key/0b1c2d3e-0000-4000-8000-000000000000')],
    patterns: [arn('kms', 'key/*')],
    hasPolicy: true,
  },
  {
    actions: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
    resources: [arn('sqs', 'shop-failed-events'), arn('sqs', 'other')],
    patterns: [arn('sqs', 'shop-*')],
    hasPolicy: true,
  },
  {
    actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    resources: ['arn:aws:s3:::shop-artifacts/build/one', 'arn:aws:s3:::shop-artifacts/source'],
    patterns: ['arn:aws:s3:::shop-artifacts/*', 'arn:aws:s3:::shop-artifacts/build/*', 'arn:aws:s3:::shop-artifacts'],
    hasPolicy: true,
  },
  {
    actions: ['lambda:InvokeFunction'],
    resources: [arn('lambda', 'function:shop-deploy')],
    patterns: [arn('lambda', 'function:shop-*'), arn('lambda', 'function:shop-deploy:*')],
  },
  { actions: ['codepipeline:PutJobSuccessResult', 'ecr:GetAuthorizationToken'], resources: ['*'], patterns: [] },
];

const PRINCIPALS = fc.constantFrom<object>(
  { Principal: '*' },
  { Principal: { AWS: '*' } },
  { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } },
  { Principal: { AWS: ACCOUNT } },
  { Principal: { AWS: ROLE } },
  { Principal: { AWS: [`${ROLE}-of-another`, ROLE] } },
  { Principal: { AWS: SESSION } },
  { Principal: { AWS: `${ROLE}-of-another` } },
  { Principal: { Service: 'events.amazonaws.com' } },
);

/** A request at random with policies at random, which are more often about it than not. */
export const arbitraryCase: fc.Arbitrary<Case> = fc.constantFrom(...TARGETS).chain((target) => (
  fc.record({ action: fc.constantFrom(...target.actions), resource: fc.constantFrom(...target.resources) }).chain(({ action, resource }) => {
    const keys = keysOf(action);
    const policy = arbitraryPolicy(target, action, resource, { keys, withPrincipal: false });
    return fc.record({
      principal: fc.constant(SESSION),
      account: fc.constant(ACCOUNT),
      action: fc.constant(action),
      resource: fc.constant(resource),
      context: arbitraryContext(action),
      identity: fc.array(policy, { minLength: 1, maxLength: 2 }),
      boundary: fc.option(policy, { nil: undefined, freq: 4 }),
      resourcePolicy: target.hasPolicy
        ? fc.option(arbitraryPolicy(target, action, resource, { keys, withPrincipal: true }), { nil: undefined, freq: 6 })
        : fc.constant(undefined),
    });
  })));

interface PolicyOptions { readonly keys: readonly string[]; readonly withPrincipal: boolean }

function arbitraryPolicy(target: Target, action: string, resource: string, options: PolicyOptions): fc.Arbitrary<Policy> {
  const statement = fc.record({
    effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Allow' as const, 'Deny' as const),
    action: arbitraryActions(target, action),
    resource: arbitraryResources(target, resource),
    condition: fc.option(arbitraryCondition(options.keys), { nil: undefined, freq: 2 }),
    principal: options.withPrincipal ? PRINCIPALS : fc.constant({}),
  }).map(({ effect, condition, ...parts }): Statement => (
    { Effect: effect, ...parts.action, ...parts.resource, ...parts.principal, ...condition ? { Condition: condition } : {} }));
  return fc.array(statement, { minLength: 1, maxLength: 3 }).map((Statement) => ({ Version: '2012-10-17', Statement }));
}

/** `*` with a part of a name, a name in another case, and what is not meant. */
function arbitraryActions({ actions }: Target, action: string): fc.Arbitrary<object> {
  const [service, name] = action.split(':');
  const patterns = [action, action, `${service}:*`, `${service}:${name.slice(0, 3)}*`, action.toLowerCase(), '*', 'iam:PassRole', ...actions];
  return element('Action', fc.uniqueArray(fc.constantFrom(...patterns), { minLength: 1, maxLength: 3 }));
}

function arbitraryResources({ resources, patterns }: Target, resource: string): fc.Arbitrary<object> {
  const all = [resource, resource, '*', ...resources, ...patterns];
  return element('Resource', fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 2 }));
}

/** Or all but those. */
function element(name: string, values: fc.Arbitrary<string[]>): fc.Arbitrary<object> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(name) }, { weight: 1, arbitrary: fc.constant(`Not${name}`) })
    .chain((key) => values.map((some) => ({ [key]: oneOrMore(some) })));
}

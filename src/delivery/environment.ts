import { Duration } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { EnvironmentOptions } from './environment-options';
import { Promotion, type PromotionMode } from './promotion';
import { InvalidPropError } from '../private/invalid-prop';
import { requireName } from '../private/names';

/** An environment with every default filled in and every name checked. */
export interface Environment {
  readonly name: string;
  readonly namespace: string;
  readonly approval: boolean;
  readonly approvalTopic?: sns.ITopic;
  readonly promotion: PromotionMode;
  readonly rolloutTimeout: Duration;
}

/** `build-` is the prefix of the tags that builds push, `base` the folder that environments share. */
const RESERVED = ['build', 'base'];

/** Namespaces that belong to the cluster and to Flux. */
const SYSTEM_NAMESPACES = ['default', 'flux-system', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Stages of a pipeline: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const MAX_STAGES = 50;

/** Before the first environment come the source and the build. */
const OTHER_STAGES = 2;

/** CodePipeline waits at most a day for one action; promoting and putting back each take the time-out at the most. */
const MAX_ROLLOUT = Duration.hours(12);

/**
 * The environments in their order.
 *
 * @throws ValidationError naming the prop, the value and what is allowed
 */
export function resolveEnvironments(scope: Construct, applicationName: string, environments?: EnvironmentOptions[]): Environment[] {
  const options = environments ?? [{ environmentName: 'production' }];
  if (options.length === 0) {
    throw new InvalidPropError(scope, {
      prop: 'environments', value: '[]', allowed: 'an application needs at least one', advice: 'Leave the prop out to get `production`.',
    });
  }
  const resolved = options.map((environment) => resolve(scope, applicationName, environment));
  refuseDuplicates(scope, 'environmentName', resolved.map(({ name }) => name));
  refuseDuplicates(scope, 'namespace', resolved.map(({ namespace }) => namespace));
  const stages = OTHER_STAGES + resolved.length + resolved.filter(({ approval }) => approval).length;
  if (stages > MAX_STAGES) {
    throw new InvalidPropError(scope, {
      prop: 'environments',
      value: `${resolved.length} environments`,
      allowed: `a pipeline takes at most ${MAX_STAGES} stages, and these, their approvals, source and build make ${stages}`,
      advice: 'Split the environments over several applications.',
    });
  }
  return resolved;
}

function resolve(scope: Construct, applicationName: string, options: EnvironmentOptions): Environment {
  const name = requireName(scope, 'environmentName', options.environmentName);
  if (RESERVED.includes(name)) {
    throw new InvalidPropError(scope, {
      prop: 'environmentName', value: name, allowed: `${RESERVED.join(' and ')} are reserved`, advice: 'Choose another environmentName.',
    });
  }
  const approval = options.approval ?? false;
  const promotion = (options.promotion ?? Promotion.byCommit())._mode;
  if (approval && promotion === 'tag') {
    throw new InvalidPropError(scope, {
      prop: 'promotion',
      value: 'Promotion.byTag()',
      allowed: `a build can push any tag, so a tag cannot decide what runs behind the approval of '${name}'`,
      advice: 'Use Promotion.byCommit(), or leave the approval out.',
    });
  }
  if (options.approvalTopic && !approval) {
    throw new InvalidPropError(scope, {
      prop: 'approvalTopic', value: options.approvalTopic.node.path, allowed: `'${name}' has no approval`, advice: 'Set `approval: true`, too.',
    });
  }
  return {
    name,
    namespace: requireNamespace(scope, options.namespace ?? `${applicationName}-${name}`),
    approval,
    approvalTopic: options.approvalTopic,
    promotion,
    rolloutTimeout: requireRolloutTimeout(scope, options.rolloutTimeout ?? Duration.minutes(10)),
  };
}

function requireNamespace(scope: Construct, namespace: string): string {
  if (SYSTEM_NAMESPACES.includes(namespace)) {
    throw new InvalidPropError(scope, {
      prop: 'namespace',
      value: namespace,
      allowed: 'it belongs to the cluster itself, and an environment owns and deletes its namespace',
      advice: 'Leave the prop out to get `<application>-<environment>`.',
    });
  }
  return requireName(scope, 'namespace', namespace);
}

function requireRolloutTimeout(scope: Construct, timeout: Duration): Duration {
  if (!timeout.isUnresolved() && (timeout.toMilliseconds() < 60_000 || timeout.toMilliseconds() > MAX_ROLLOUT.toMilliseconds())) {
    throw new InvalidPropError(scope, {
      prop: 'rolloutTimeout', value: timeout.toHumanString(), allowed: 'it takes 1 minute to 12 hours', advice: 'Choose a value in between.',
    });
  }
  return timeout;
}

function refuseDuplicates(scope: Construct, prop: string, values: string[]): void {
  const duplicate = values.find((value, index) => values.indexOf(value) !== index);
  if (duplicate !== undefined) {
    throw new InvalidPropError(scope, {
      prop, value: duplicate, allowed: 'each environment needs one of its own', advice: `Give one of the two another ${prop}.`,
    });
  }
}

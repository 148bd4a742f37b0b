import { Duration } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { EnvironmentOptions } from './environment-options';
import { Promotion, type PromotionMode } from './promotion';
import { requireDuration } from '../private/durations';
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

/**
 * `build-` is the prefix of the tags that builds push, `base` the folder that environments share, `source` a stage, and
 * no construct, which a stage is, can be called `constructor`.
 */
const RESERVED = ['build', 'base', 'source', 'constructor'];

/** Namespaces that belong to the cluster and to Flux; Kubernetes keeps `kube-` for itself. */
const SYSTEM_NAMESPACES = /^(default|flux-system|kube-.*)$/;

/** An environment's account lies beside those of Flux's controllers and would replace one of the same name. */
const FLUX_ACCOUNT = /-controller$/;

/** The stage of an environment's approval is named after it. */
export const APPROVAL_STAGE_PREFIX = 'approve-';

/** Stages of a pipeline: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const MAX_STAGES = 50;

/** Before the first environment come the source and the build. */
const OTHER_STAGES = 2;

/** CodePipeline waits at most a day for one action; promoting and putting back each take the time-out at the most. */
const ROLLOUT_TIMEOUT = { unit: 'seconds', min: Duration.minutes(1), max: Duration.hours(12) } as const;

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
  if (RESERVED.includes(name) || name.startsWith(APPROVAL_STAGE_PREFIX)) {
    throw new InvalidPropError(scope, {
      prop: 'environmentName',
      value: name,
      allowed: `${RESERVED.join(', ')} and names that start with ${APPROVAL_STAGE_PREFIX} are reserved`,
      advice: 'Choose another environmentName.',
    });
  }
  if (FLUX_ACCOUNT.test(`${applicationName}-${name}`)) {
    throw new InvalidPropError(scope, {
      prop: 'environmentName',
      value: name,
      allowed: `'${applicationName}-${name}' could be an account of Flux's own controllers, whose names end in -controller`,
      advice: 'Choose another environmentName.',
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
    rolloutTimeout: requireDuration(scope, 'rolloutTimeout', options.rolloutTimeout ?? Duration.minutes(10), ROLLOUT_TIMEOUT),
  };
}

function requireNamespace(scope: Construct, namespace: string): string {
  if (SYSTEM_NAMESPACES.test(namespace)) {
    throw new InvalidPropError(scope, {
      prop: 'namespace',
      value: namespace,
      allowed: 'it belongs to the cluster itself, and an environment owns and deletes its namespace',
      advice: 'Choose another namespace.',
    });
  }
  return requireName(scope, 'namespace', namespace);
}

function refuseDuplicates(scope: Construct, prop: string, values: string[]): void {
  const duplicate = values.find((value, index) => values.indexOf(value) !== index);
  if (duplicate !== undefined) {
    throw new InvalidPropError(scope, {
      prop, value: duplicate, allowed: 'each environment needs one of its own', advice: `Give one of the two another ${prop}.`,
    });
  }
}

import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { InvalidPropError } from '../../private/invalid-prop';

/** Refuses an environment that asks for image automation where the platform cannot be changed. */
export function refuseImageAutomation(consumer: IConstruct, platform: IConstruct): never {
  throw new InvalidPropError(consumer, {
    prop: 'promotion',
    value: 'Promotion.byTag()',
    allowed: `image automation of the platform '${platform.node.path}' is off, and stack '${Stack.of(consumer).node.path}' cannot turn it on`,
    advice: 'Set `imageAutomation: true` on the platform and deploy its stack, or use Promotion.byCommit().',
  });
}

import { type IResource, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { InvalidPropError } from './invalid-prop';

/**
 * Refuses what is brought along from another account or region: neither events nor encryption nor CodePipeline's own
 * actions reach there.
 *
 * @param surely whether it has to be certain at synth; otherwise what is known at deployment only passes
 */
export function requireSameEnvironment(scope: IConstruct, prop: string, resource: IResource | undefined, surely = false): void {
  if (!resource) {
    return;
  }
  const { account, region } = Stack.of(scope);
  requireSame(scope, prop, resource, 'region', region, surely);
  requireSame(scope, prop, resource, 'account', account, surely);
}

function requireSame(scope: IConstruct, prop: string, resource: IResource, part: 'account' | 'region', own: string, surely: boolean): void {
  const other = resource.env[part];
  const comparison = Token.compareStrings(own, other);
  if (comparison === TokenComparison.DIFFERENT || (surely && comparison === TokenComparison.ONE_UNRESOLVED)) {
    throw new InvalidPropError(scope, {
      prop,
      value: `${resource.node.path} in ${shown(other)}`,
      allowed: `it has to be in the ${part} of its stack, ${shown(own)}`,
      advice: comparison === TokenComparison.DIFFERENT
        ? `Bring one of that ${part}, or deploy the stack to the other.`
        : `Import it by its name, or give the stack an explicit ${part}.`,
    });
  }
}

function shown(value: string): string {
  return Token.isUnresolved(value) ? 'known at deployment only' : value;
}

import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The other constructs of a kind that are sure to be deployed to the same account and region. */
export function neighbours<T extends IConstruct>(self: T, isOfKind: (construct: IConstruct) => construct is T): T[] {
  return self.node.root.node.findAll().filter(isOfKind).filter((other) => other !== self && together(self, other));
}

/** Whether both are sure to be deployed to one account and region. */
export function together(one: IConstruct, other: IConstruct): boolean {
  const [a, b] = [Stack.of(one), Stack.of(other)];
  return a === b || (isSame(a.account, b.account) && isSame(a.region, b.region));
}

function isSame(one: string, other: string): boolean {
  return Token.compareStrings(one, other) === TokenComparison.SAME;
}

import { Stack, Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A finding of a rule pack that is right about the template and wrong about the risk. */
export interface Finding {
  /** The finding's id; it may hold tokens, which cdk-nag shows in a form of its own. */
  readonly id: string;
  /** Why it stays. */
  readonly reason: string;
}

/**
 * Acknowledges findings of a construct and of what is below it, so that users who run cdk-nag have nothing to do.
 *
 * It records what `Validations.of(scope).acknowledge()` records; that itself refuses ids with more than one `::`, as those
 * of findings about IAM are, before aws-cdk-lib 2.262.
 */
export function acknowledge(scope: IConstruct, ...findings: Finding[]): void {
  const record = () => findings.forEach((finding) => recordOnce(scope, finding));
  record();
  if (findings.some(({ id }) => Token.isUnresolved(id))) {
    // a value of another stack has its final form only when the app is complete
    scope.node.addValidation({
      validate: () => {
        record();
        return [];
      },
    });
  }
}

function recordOnce(scope: IConstruct, { id, reason }: Finding): void {
  const key = flatten(Stack.of(scope).resolve(id));
  const type = Validations.ACKNOWLEDGED_RULES_METADATA_KEY;
  if (!scope.node.metadata.some((entry) => entry.type === type && entry.data[key] === reason)) {
    scope.node.addMetadata(type, { [key]: reason });
  }
}

/** A resolved value as cdk-nag writes it: `<LogicalId.Attribute>`, the name of an export as it is. */
function flatten(value: any): string {
  if (typeof value !== 'object') {
    return String(value);
  }
  if (value['Fn::Join']) {
    const [delimiter, parts] = value['Fn::Join'];
    return parts.map(flatten).join(delimiter);
  }
  if (value['Fn::GetAtt']) {
    return `<${value['Fn::GetAtt'].join('.')}>`;
  }
  if (value['Fn::ImportValue']) {
    return flatten(value['Fn::ImportValue']);
  }
  return value.Ref ? `<${value.Ref}>` : JSON.stringify(value);
}

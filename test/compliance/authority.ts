import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** A right of a role. */
export interface Right {
  readonly role: string;
  readonly action: string;
  readonly resources: readonly string[];
  readonly conditions?: unknown;
}

interface Resource {
  readonly Type: string;
  readonly Properties: any;
}

/** The roles of an app's templates, what they may do by policies of their own, and who reaches the cluster as what. */
export class Authority {
  public readonly resources: [string, Resource][];

  public constructor(app: App) {
    this.resources = app.node.findAll().filter(Stack.isStack)
      .flatMap((stack) => Object.entries<Resource>(Template.fromStack(stack).toJSON().Resources));
  }

  /** Resources of a type, by their logical ids. */
  public ofType(type: string): [string, any][] {
    return this.resources.filter(([, { Type }]) => Type === type).map(([id, { Properties }]) => [id, Properties]);
  }

  /** Every right, its role by logical id. */
  public rights(): Right[] {
    const inline = this.ofType('AWS::IAM::Role')
      .flatMap(([role, { Policies = [] }]) => Policies.map(({ PolicyDocument }: any) => ({ role, PolicyDocument })));
    const attached = this.ofType('AWS::IAM::Policy')
      .flatMap(([, { Roles, PolicyDocument }]) => Roles.map(({ Ref }: any) => ({ role: Ref, PolicyDocument })));
    return [...inline, ...attached].flatMap(({ role, PolicyDocument }) => PolicyDocument.Statement
      .filter(({ Effect }: any) => Effect === 'Allow')
      .flatMap(({ Action, Resource, Condition }: any) => [Action].flat().map((action: string) => ({
        role, action, resources: [Resource].flat().map((resource) => JSON.stringify(resource)), conditions: Condition,
      }))));
  }

  /** The roles that may do something that matches, without the hashes of their logical ids. */
  public who(action: RegExp, resource = /./): string[] {
    const rights = this.rights().filter((right) => action.test(right.action) && right.resources.some((one) => resource.test(one)));
    return [...new Set(rights.map(({ role }) => withoutHash(role)))].sort();
  }
}

/** A logical id as the construct's path reads. */
export function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

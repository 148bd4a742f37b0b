import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { testApp } from './test-app';
import { GitOpsPlatform, GitOpsPlatformProps } from '../../src/platform';

/** A resource as the template has it. */
export interface Resource {
  readonly Type: string;
  readonly Properties: any;
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
}

/** A stack with one platform. */
export class PlatformStack extends Stack {
  public readonly platform: GitOpsPlatform;

  public constructor(props: GitOpsPlatformProps = {}, app = testApp()) {
    super(app, 'Stack');
    this.platform = new GitOpsPlatform(this, 'Acme', props);
  }

  /** The stack's resources by their logical ids. */
  public get resources(): Record<string, Resource> {
    return Template.fromStack(this).toJSON().Resources;
  }

  /** The resources of a type. */
  public ofType(type: string): Resource[] {
    return Object.values(this.resources).filter(({ Type }) => Type === type);
  }

}

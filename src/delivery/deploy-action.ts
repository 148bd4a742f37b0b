import { Stack } from 'aws-cdk-lib';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Environment } from './environment';
import { InvalidPropError } from '../private/invalid-prop';

/** What one deploy action promotes, and where to. */
export interface DeployActionProps {
  readonly deployFunction: lambda.IFunction;
  readonly applicationName: string;
  readonly environment: Environment;
  /** The image repository's name in ECR. */
  readonly imageRepositoryName: string;
  /** The image repository's address without a tag. */
  readonly imageUri: string;
  /** Pipeline variable that holds the digest. */
  readonly digest: string;
  /** Pipeline variable that holds the build's tag. */
  readonly tag: string;
  /** Pipeline variable that holds the source commit. */
  readonly commit: string;
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html */
const MAX_USER_PARAMETERS = 1000;

/**
 * Promotes a digest to one environment by the platform's deploy function.
 *
 * The CDK's own Lambda action grants the pipeline `lambda:ListFunctions` on everything and adds a policy to the function's
 * role, which lies in the platform's stack and must not change when an application comes.
 */
export class DeployAction extends actions.Action {
  public constructor(private readonly props: DeployActionProps) {
    super({
      actionName: 'Deploy',
      category: codepipeline.ActionCategory.INVOKE,
      provider: 'Lambda',
      artifactBounds: { minInputs: 0, maxInputs: 0, minOutputs: 0, maxOutputs: 0 },
    });
  }

  protected bound(scope: Construct, _stage: codepipeline.IStage, options: codepipeline.ActionBindOptions): codepipeline.ActionConfig {
    options.role.addToPrincipalPolicy(new iam.PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [this.props.deployFunction.functionArn],
    }));
    return {
      configuration: {
        FunctionName: this.props.deployFunction.functionName,
        UserParameters: this.userParameters(scope),
      },
    };
  }

  private userParameters(scope: Construct): string {
    const { environment } = this.props;
    const parameters = {
      application: this.props.applicationName,
      environment: environment.name,
      namespace: environment.namespace,
      imageRepository: this.props.imageRepositoryName,
      imageUri: this.props.imageUri,
      digest: this.props.digest,
      tag: this.props.tag,
      commit: this.props.commit,
      execution: codepipeline.GlobalVariables.executionId,
      promotion: environment.promotion,
      timeout: environment.rolloutTimeout.toSeconds(),
    };
    const text = Stack.of(scope).toJsonString(parameters);
    const longest = JSON.stringify(parameters).length;
    if (longest > MAX_USER_PARAMETERS) {
      throw new InvalidPropError(scope, {
        prop: 'environmentName',
        value: environment.name,
        allowed: `the deploy action's parameters take ${MAX_USER_PARAMETERS} characters and have ${longest}`,
        advice: 'Shorten the names of the application, the environment or the image repository.',
      });
    }
    return text;
  }
}

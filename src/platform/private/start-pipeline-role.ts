import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** Makes the role with which EventBridge starts any pipeline of the platform: one instead of one per application. */
export function createStartPipelineRole(scope: Construct, platformName: string): iam.Role {
  const pipelines = Stack.of(scope).formatArn({ service: 'codepipeline', resource: `${platformName}-*` });
  return new iam.Role(scope, 'StartPipelineRole', {
    description: `Starts pipelines of ${platformName} on a push`,
    assumedBy: new iam.ServicePrincipal('events.amazonaws.com'),
    inlinePolicies: {
      StartPipelines: new iam.PolicyDocument({
        statements: [new iam.PolicyStatement({ actions: ['codepipeline:StartPipelineExecution'], resources: [pipelines] })],
      }),
    },
  });
}

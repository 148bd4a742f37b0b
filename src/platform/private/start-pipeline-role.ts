import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../../private/acknowledge';
import { INLINE_POLICY, resourcePattern } from '../../private/acknowledge-findings';

/** Makes the role with which EventBridge starts any pipeline of the platform: one instead of one per application. */
export function createStartPipelineRole(scope: Construct, platformName: string): iam.Role {
  const pipelines = Stack.of(scope).formatArn({ service: 'codepipeline', resource: `${platformName}-*` });
  const role = new iam.Role(scope, 'StartPipelineRole', {
    description: `Starts pipelines of ${platformName} on a push`,
    assumedBy: new iam.ServicePrincipal('events.amazonaws.com'),
    inlinePolicies: {
      StartPipelines: new iam.PolicyDocument({
        statements: [new iam.PolicyStatement({ actions: ['codepipeline:StartPipelineExecution'], resources: [pipelines] })],
      }),
    },
  });
  acknowledge(role, ...INLINE_POLICY, resourcePattern(
    pipelines, 'The pipelines of the platform: applications come later, and the platform\'s stack stays as it is. It can start them and nothing else.',
  ));
  return role;
}

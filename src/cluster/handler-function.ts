import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ClusterAccess } from './cluster-access';
import { PRIVATE_SUBNETS } from './private-subnets';
import { acknowledge } from '../private/acknowledge';
import { control, INLINE_POLICY, LOG_KEY, managedPolicy } from '../private/acknowledge-findings';

/**
 * What every handler's function has in common: structured logs with an end, a role that may write those and nothing else,
 * and a place in the cluster's network for those that reach it.
 *
 * @param scope a construct that holds one function
 */
export function handlerOptions(scope: Construct, access?: ClusterAccess): lambda.FunctionOptions & { readonly role: iam.Role } {
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    managedPolicies: access ? [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaENIManagementAccess')] : [],
  });
  logGroup.grantWrite(role);
  acknowledge(logGroup, ...LOG_KEY);
  acknowledge(role, ...INLINE_POLICY, ...(access ? [managedPolicy(
    'service-role/AWSLambdaENIManagementAccess', 'Lambda joins a network by this policy and no narrower one: EC2 has no resource for these actions.',
  )] : []));
  acknowledge(scope, ...control(
    'LambdaConcurrency', 'A reservation is taken from what the account has, and fails in a new one, which has 10. The callers are few: pipelines, two rules and CloudFormation.',
  ));
  return {
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    architecture: lambda.Architecture.ARM_64,
    memorySize: 512,
    ...(access && {
      vpc: access.vpc,
      vpcSubnets: PRIVATE_SUBNETS,
      securityGroups: [access.securityGroup],
    }),
  };
}

import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ClusterAccess } from './cluster-access';
import { PRIVATE_SUBNETS } from './private-subnets';

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

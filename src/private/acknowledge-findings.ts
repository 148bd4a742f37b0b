import { ArnFormat, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Finding } from './acknowledge';

/** Packs whose rules have the same names. */
const CONTROL_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** A finding of the packs that follow NIST 800-53, HIPAA and PCI DSS, in those of them that have the rule. */
export function control(rule: string, reason: string): Finding[] {
  return CONTROL_PACKS.map((pack) => ({ id: `${pack}-${rule}`, reason }));
}

/** A policy that AWS manages, by its name. */
export function managedPolicy(name: string, reason: string): Finding {
  return { id: `AwsSolutions-IAM4[Policy::${iam.ManagedPolicy.fromAwsManagedPolicyName(name).managedPolicyArn}]`, reason };
}

/** An action of a policy that ends with `*`. */
export function actionPattern(action: string, reason: string): Finding {
  return { id: `AwsSolutions-IAM5[Action::${action}]`, reason };
}

/** A resource of a policy that holds a `*`. */
export function resourcePattern(resource: string, reason: string): Finding {
  return { id: `AwsSolutions-IAM5[Resource::${resource}]`, reason };
}

/** The one action of ECR that is allowed on everything. */
export const REGISTRY_TOKEN = resourcePattern('*', 'ecr:GetAuthorizationToken, for which ECR has no resource.');

/** The image repositories of a platform. */
export function platformImages(repositories: string): Finding {
  return resourcePattern(repositories, 'The platform\'s image repositories: applications come later, and the platform\'s stack stays as it is then.');
}

/** A policy inside of a role. */
export const INLINE_POLICY = control(
  'IAMNoInlinePolicy', 'The policy is of one role, which nobody else shares: inside of it, it can be attached nowhere else and goes away with it.',
);

/** A log group without a key of the account. */
export const LOG_KEY = control(
  'CloudWatchLogGroupEncrypted',
  'CloudWatch Logs encrypts it with a key of its own. It holds names, digests and outcomes, no secrets; a key of the account would have to let the service use it, which the policy of a key that was brought along may not.',
);

/** What the CDK grants who reads artifacts, and who also writes them. */
export function artifacts(objects: string, access: 'read' | 'write'): Finding[] {
  const versions = 'The CDK\'s grant on the artifact bucket: the same right on objects, their versions and tags.';
  const key = 'The CDK\'s grant on one key: the call with and without the plain text, and re-encryption from and to it.';
  return [
    resourcePattern(objects, 'CodePipeline chooses the names of artifacts. The bucket holds nothing else.'),
    ...['s3:GetObject*', 's3:GetBucket*', 's3:List*'].map((action) => actionPattern(action, versions)),
    ...(access === 'write' ? ['s3:DeleteObject*', 's3:Abort*'] : []).map((action) => actionPattern(action, versions)),
    ...['kms:ReEncrypt*', 'kms:GenerateDataKey*'].map((action) => actionPattern(action, key)),
  ];
}

/** A function that CloudFormation waits for. */
export const ANSWERS_CLOUDFORMATION = control(
  'LambdaDLQ', 'CloudFormation waits for its answer: a failure fails the deployment, with the reason. A queue would hold a request that nobody may answer later.',
);

/** What CodeBuild grants a project on its own logs and reports. */
export function projectPatterns(stack: Stack, projectName: string): Finding[] {
  const logs = stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: `/aws/codebuild/${projectName}`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const reports = stack.formatArn({ service: 'codebuild', resource: 'report-group', resourceName: `${projectName}-*` });
  return [
    resourcePattern(`${logs}:*`, 'The streams of the project\'s own log group.'),
    resourcePattern(reports, 'The report groups of the project, which carry its name.'),
  ];
}

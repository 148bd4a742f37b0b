import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/** Makes the key for a platform's repositories, artifacts and Kubernetes Secrets. */
export function createPlatformKey(scope: Construct, platformName: string, removalPolicy: RemovalPolicy): kms.Key {
  return new kms.Key(scope, 'Key', {
    alias: `cdk-gitops-pipeline/${platformName}`,
    description: `Repositories, artifacts and Kubernetes Secrets of ${platformName}`,
    enableKeyRotation: true,
    removalPolicy,
  });
}

/** https://docs.aws.amazon.com/codecommit/latest/userguide/encryption.html */
const CODECOMMIT_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/**
 * Lets whoever may use a repository use its key through CodeCommit, as the key that AWS manages does. Otherwise everyone
 * who pulls or pushes would need rights on the key, and would be told of a missing one by nothing but "403".
 */
export function allowThroughCodeCommit(scope: Construct, key: kms.IKey): void {
  const { account, region, urlSuffix } = Stack.of(scope);
  const statement = new iam.PolicyStatement({
    sid: 'ThroughCodeCommit',
    principals: [new iam.AnyPrincipal()],
    actions: CODECOMMIT_ACTIONS,
    resources: ['*'], // of a key policy: this key
    conditions: {
      StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `codecommit.${region}.${urlSuffix}` },
    },
  });
  if (!key.addToResourcePolicy(statement, true).statementAdded) {
    Annotations.of(scope).addWarningV2(
      'cdk-gitops-pipeline:importedKey',
      `The policy of the imported key '${key.node.path}' cannot be changed from here. It has to allow ${CODECOMMIT_ACTIONS.join(', ')} `
        + 'to every principal ("AWS": "*") where kms:CallerAccount is this account and kms:ViaService is codecommit.<region>.amazonaws.com.',
    );
  }
}

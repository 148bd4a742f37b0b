import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { InfrastructureRepository } from '../../src/source/infrastructure-repository';
import { testApp } from '../platform/test-app';

test('is encrypted by its key and outlives its stack', () => {
  const stack = new Stack(testApp(), 'Stack');
  new InfrastructureRepository(stack, 'Infrastructure', { repositoryName: 'acme-infrastructure', encryptionKey: new kms.Key(stack, 'Key') });

  Template.fromStack(stack).hasResource('AWS::CodeCommit::Repository', {
    Properties: { RepositoryName: 'acme-infrastructure', KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] }, Code: Match.absent() },
    DeletionPolicy: 'RetainExceptOnCreate',
  });
});

test('goes with its stack when asked to', () => {
  const stack = new Stack(testApp(), 'Stack');
  new InfrastructureRepository(stack, 'Infrastructure', { repositoryName: 'infra', removalPolicy: RemovalPolicy.DESTROY });

  Template.fromStack(stack).hasResource('AWS::CodeCommit::Repository', { DeletionPolicy: 'Delete' });
});

test.each(['a b', 'infra.git', '', 'a'.repeat(101)])('fails for the name %j', (repositoryName) => {
  expect(() => new InfrastructureRepository(new Stack(), 'Infrastructure', { repositoryName })).toThrow('repositoryName');
});

import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { ImageBuild } from '../../src/build/image-build';
import { NodeArchitecture } from '../../src/cluster';

const stack = new Stack();
new ImageBuild(stack, 'Build', {
  projectName: 'acme-cart',
  imageRepository: ecr.Repository.fromRepositoryName(stack, 'Images', 'acme/cart'),
  architecture: NodeArchitecture.ARM64,
});
const template = Template.fromStack(stack);

test('logs have an end, and the group is there before the first build', () => {
  const [[logGroup, { Properties }]] = Object.entries(template.findResources('AWS::Logs::LogGroup'));

  expect(Properties).toEqual({ LogGroupName: '/aws/codebuild/acme-cart', RetentionInDays: 90 });
  template.hasResource('AWS::CodeBuild::Project', { Properties: { Name: 'acme-cart' }, DependsOn: Match.arrayWith([logGroup]) });
  template.hasResource('AWS::IAM::Role', { DependsOn: [logGroup] });
});

test('the role may write the group that the project writes by default', () => {
  expect(template.findResources('AWS::CodeBuild::Project', { Properties: { LogsConfig: Match.anyValue() } })).toEqual({});
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: Match.arrayWith([Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([':log-group:/aws/codebuild/'])] })]),
      })]),
    },
  });
});

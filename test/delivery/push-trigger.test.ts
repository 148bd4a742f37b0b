import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Application } from '../../src';
import { PlatformStack } from '../platform/platform-stack';

const shared = new PlatformStack();
const team = new Stack(shared.node.root, 'Team');
new Application(team, 'cart', { platform: shared.platform });
const [[queue]] = Object.entries(Template.fromStack(shared).findResources('AWS::SQS::Queue'));

test('a push that starts no pipeline, however often EventBridge tries, goes to the platform\'s queue', () => {
  Template.fromStack(team).hasResourceProperties('AWS::Events::Rule', {
    Targets: [Match.objectLike({
      Arn: Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(':codepipeline:')])] }),
      DeadLetterConfig: { Arn: { 'Fn::ImportValue': Match.stringLikeRegexp(queue) } },
    })],
  });
});

test('the queue takes it of any rule of the account, since applications come later, and of nobody else', () => {
  const [{ Properties: { PolicyDocument: { Statement } } }] = Object.values(Template.fromStack(shared).findResources('AWS::SQS::QueuePolicy'));
  const allowed = Statement.filter(({ Effect }: any) => Effect === 'Allow');

  expect(allowed).toContainEqual({
    Effect: 'Allow',
    Action: 'sqs:SendMessage',
    Principal: { Service: 'events.amazonaws.com' },
    Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
    Condition: {
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':rule/*']] } },
    },
  });
  expect(allowed.every(({ Principal }: any) => Principal.Service === 'events.amazonaws.com')).toBe(true);
});

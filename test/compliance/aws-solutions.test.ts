import { App, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { APPS } from './apps';
import { acknowledgements, judge, PACKS } from './rule-packs';
import { GitOpsPipeline } from '../../src';
import { testApp } from '../platform/test-app';

const violations = (app: App) => new AwsSolutionsChecks().validateScope(app).violations;

/** What a bucket of another stack is called before the stacks are joined. */
const BEFORE_SYNTHESIS = /^AwsSolutions-IAM5\[Resource::<AcmeArtifacts\w+\.Arn>\/\*\]$/;

/** Not of the validator that is part of the CDK, which has a test of its own. */
const isOfPack = ({ id }: { id: string }) => !id.startsWith('CloudFormation-Validate::');

/** A rule that several packs share is acknowledged for all of them, also where one of them lacks it. */
const rule = (id: string) => id.replace(/^(NIST\.800\.53\.R5|HIPAA\.Security|PCI\.DSS\.321|AwsSolutions)-/, '');

beforeEach(() => {
  jest.spyOn(console, 'error').mockReturnValue(); // the report of a synthesis
});

describe.each(Object.entries(APPS))('%s', (_name, make) => {
  test.each(Object.entries(PACKS))('%s finds nothing that is not acknowledged', (_pack, pack) => {
    const app = make();

    expect(pack().validateScope(app).violations).toEqual([]);
  });

  test('nor does AwsSolutions as a plugin of the synthesis', () => {
    const app = make();
    const pack = new AwsSolutionsChecks();
    Validations.of(app).addPlugins(pack);
    app.synth();

    // only here have references between stacks their final form
    expect(pack.validateScope(app).violations).toEqual([]);
  });
});

test.each(Object.entries(APPS))('no acknowledgement is left over: %s', (_name, make) => {
  const app = make();
  app.synth();
  const found = Object.values(PACKS).flatMap((pack) => judge(app, pack()));
  const needed = ({ id, path }: { id: string; path: string }) => found
    .some((finding) => rule(finding.id) === rule(id) && `${finding.path}/`.startsWith(`${path}/`));

  expect(acknowledgements(app).filter((one) => isOfPack(one) && !needed(one) && !BEFORE_SYNTHESIS.test(one.id))).toEqual([]);
});

test('every acknowledgement has a sentence as its reason', () => {
  const app = APPS['no props']();

  acknowledgements(app).forEach(({ reason }) => expect(reason).toMatch(/^\S.{25,}\.$/));
});

test('what a user adds to a role is found all the same', () => {
  const app = testApp();
  const { application, platform } = new GitOpsPipeline(new Stack(app, 'Stack'), 'Shop');
  platform.deployFunction.addToRolePolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['arn:aws:s3:::mine/*'] }));
  application.imageRepository.grantPush(new iam.User(app.node.findChild('Stack') as Stack, 'Somebody'));

  expect(violations(app).map(({ ruleName }) => ruleName).sort()).toEqual([
    'AwsSolutions-IAM5[Action::s3:*]', 'AwsSolutions-IAM5[Resource::*]', 'AwsSolutions-IAM5[Resource::arn:aws:s3:::mine/*]',
  ]);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, CfnResource, Stack } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Account, ResourceType } from '../../../sandbox/account';
import { buildParts } from '../../../sandbox/parts/build';
import { Processes } from '../../../sandbox/processes';

jest.setTimeout(120_000);

const dir = mkdtempSync(join(tmpdir(), 'deploy-'));
let processes: Processes;
let account: Account;

beforeAll(async () => {
  processes = new Processes(dir);
  account = await Account.start({ dir: join(dir, 'account'), processes, parts: await buildParts({ only: ['registry'] }) });
});

afterAll(async () => {
  await processes.stopAll();
  rmSync(dir, { recursive: true, force: true });
});

function synthesize(build: (app: App) => void): string {
  const app = new App({ outdir: mkdtempSync(join(dir, 'cdk.out-')) });
  build(app);
  return app.synth().directory;
}

test('stacks are deployed in the order in which they depend on each other', async () => {
  const assembly = synthesize(app => {
    const user = new Stack(app, 'User');
    const owner = new Stack(app, 'Owner');
    const repository = new codecommit.Repository(owner, 'Repository', { repositoryName: 'owned' });
    const role = new iam.Role(user, 'Role', { roleName: 'user', assumedBy: new iam.AccountRootPrincipal() });
    repository.grantPull(role);
    new CfnOutput(user, 'Arn', { value: repository.repositoryArn });
  });
  const stacks: string[] = [];
  const { outputs } = await account.deploy(assembly, undefined, ({ type, status, logicalId }) => {
    if (type === 'AWS::CloudFormation::Stack' && status === 'CREATE_COMPLETE') stacks.push(logicalId);
  });
  expect(stacks).toEqual(['Owner', 'User']);
  expect(outputs.Arn).toEqual('arn:aws:codecommit:eu-west-1:111122223333:owned');
  await account.destroy('User');
  await account.destroy('Owner');
});

test('fails with the reason of the resource that failed', async () => {
  const assembly = synthesize(app => {
    new CfnResource(new Stack(app, 'Broken'), 'Repository', { type: 'AWS::CodeCommit::Repository', properties: { RepositoryName: 'a.git' } });
  });
  await expect(account.deploy(assembly)).rejects.toThrow(/^Stack Broken is ROLLBACK_COMPLETE: Repository \(AWS::CodeCommit::Repository\) failed: The repository name a.git is not valid/);
});

test('fails for a resource type that nobody provides', async () => {
  const assembly = synthesize(app => new CfnResource(new Stack(app, 'Misspelt'), 'Cluster', { type: 'AWS::EKS::Clutser' }));
  await expect(account.deploy(assembly)).rejects.toThrow('No part of the sandbox provides the resource type AWS::EKS::Clutser.');
});

test('a resource type of the sandbox sees its whole life', async () => {
  const seen: unknown[] = [];
  const type: ResourceType = {
    create: async (logicalId, props) => {
      seen.push(['create', logicalId, props]);
      return { id: 'made', attributes: { 'Arn': 'arn:made', 'Settings.Mode': 'fast' } };
    },
    update: async (id, oldProps, props) => {
      seen.push(['update', id, oldProps, props]);
      return { id, attributes: { 'Arn': 'arn:made', 'Settings.Mode': 'slow' } };
    },
    delete: async (id, props) => void seen.push(['delete', id, props]),
  };
  account.registerResourceType('AWS::EKS::Addon', type);
  const version = (value: string) => synthesize(app => {
    const stack = new Stack(app, 'Life');
    const addon = new CfnResource(stack, 'Addon', { type: 'AWS::EKS::Addon', properties: { AddonVersion: value } });
    new CfnOutput(stack, 'Ref', { value: addon.ref });
    new CfnOutput(stack, 'Mode', { value: addon.getAtt('Settings.Mode').toString() });
  });
  expect(await account.deploy(version('1'))).toEqual({ outputs: { Ref: 'made', Mode: 'fast' } });
  expect(await account.deploy(version('2'))).toEqual({ outputs: { Ref: 'made', Mode: 'slow' } });
  await account.destroy('Life');
  expect(seen).toEqual([
    ['create', 'Addon', { AddonVersion: '1' }],
    ['update', 'made', { AddonVersion: '1' }, { AddonVersion: '2' }],
    ['delete', 'made', { AddonVersion: '2' }],
  ]);
});

test('events reach a target of the sandbox only with a role that may start it', async () => {
  const delivered: any[] = [];
  account.registerEventTarget('codepipeline', async (target, event) => void delivered.push([target.Arn, event.detail.referenceName]));
  const pipeline = (name: string) => `arn:aws:codepipeline:eu-west-1:111122223333:${name}`;
  await account.deploy(synthesize(app => {
    const stack = new Stack(app, 'Targets');
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('events.amazonaws.com') });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['codepipeline:StartPipelineExecution'], resources: [pipeline('mine')] }));
    const rule = new CfnResource(stack, 'Rule', {
      type: 'AWS::Events::Rule',
      properties: {
        EventPattern: { source: ['aws.codecommit'] },
        Targets: ['other', 'mine'].map(name => ({ Id: name, Arn: pipeline(name), RoleArn: role.roleArn })),
      },
    });
    rule.node.addDependency(role);
  }));
  await account.putEvent({ 'source': 'aws.codecommit', 'detail-type': 'CodeCommit Repository State Change', 'resources': [], 'detail': { referenceName: 'main' } });
  for (let i = 0; i < 50 && delivered.length === 0; i++) await new Promise(resolve => setTimeout(resolve, 100));
  await new Promise(resolve => setTimeout(resolve, 300));
  expect(delivered).toEqual([[pipeline('mine'), 'main']]);
});

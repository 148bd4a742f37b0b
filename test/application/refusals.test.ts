import { App, CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Application, ApplicationOptions, Promotion } from '../../src';
import { testApp } from '../platform/test-app';
import { importedPlatform } from '../properties/build';

function platformStack(app: App = testApp(), id = 'Stack', region?: string) {
  const stack = new Stack(app, id, region ? { env: { account: '111122223333', region } } : {});
  const platform = importedPlatform(stack);
  return { stack, platform, add: (name: string, options: ApplicationOptions = {}) => new Application(stack, name, { ...options, platform }) };
}

const byTag = { environments: [{ environmentName: 'staging', promotion: Promotion.byTag() }] };

test('fails for two applications whose environments would share a file and a namespace', () => {
  const { add } = platformStack();
  add('AB', { applicationName: 'a-b', environments: [{ environmentName: 'c' }] });

  expect(() => add('A', { applicationName: 'a', environments: [{ environmentName: 'b-c' }] }))
    .toThrow(/^environmentName "b-c" of 'Stack\/A' is not allowed: with the application's name it makes 'a-b-c', as an environment of 'Stack\/AB' does/);
});

test('fails for a namespace that another application has', () => {
  const { add } = platformStack();
  add('one', { environments: [{ environmentName: 'production', namespace: 'web' }] });

  expect(() => add('two', { environments: [{ environmentName: 'production', namespace: 'web' }] })).toThrow(/^namespace "web" .*'Stack\/one' has it/);
});

test('fails for an application that is there already, also where the platform was imported twice', () => {
  const app = testApp();
  platformStack(app, 'One', 'eu-west-1').add('web');

  expect(() => platformStack(app, 'Two', 'eu-west-1').add('web')).toThrow(/^applicationName "web" of 'Two\/web'.*has an application of that name/);
  expect(() => platformStack(app, 'Elsewhere', 'eu-west-2').add('web')).not.toThrow();
});

test('fails for the name of the infrastructure repository', () => {
  expect(() => platformStack().add('infrastructure')).toThrow(/^applicationName "infrastructure"/);
});

test('fails for image repositories whose tags Flux may not follow', () => {
  const { stack, add } = platformStack();
  const named = (id: string, repositoryName: string) => ecr.Repository.fromRepositoryName(stack, id, repositoryName);
  const parameter = new CfnParameter(stack, 'Name').valueAsString;

  expect(() => add('a', { ...byTag, imageRepository: named('Other', 'other/web') })).toThrow(/^promotion "Promotion.byTag\(\)".*'acme\/…'.*'other\/web'/);
  expect(() => add('b', { ...byTag, imageRepository: new ecr.Repository(stack, 'New', { repositoryName: 'other/new' }) })).toThrow(/^promotion/);
  expect(() => add('c', { ...byTag, imageRepository: named('Token', parameter) })).toThrow(/from one whose name is a token/);
  expect(() => add('d', { ...byTag, imageRepository: named('Own', 'acme/web') })).not.toThrow();
  expect(() => add('e', { imageRepository: named('Commit', 'other/web') })).not.toThrow();
});

test('fails for a repository of another region, and for one of which CodePipeline cannot tell', () => {
  const arn = 'arn:aws:codecommit:ap-south-1:111122223333:web';
  const agnostic = platformStack();
  const local = platformStack(testApp(), 'Stack', 'eu-west-1');

  expect(() => local.add('a', { applicationRepository: codecommit.Repository.fromRepositoryArn(local.stack, 'Code', arn) }))
    .toThrow(/^applicationRepository "Stack\/Code in ap-south-1".*region of its stack, eu-west-1/);
  expect(() => agnostic.add('a', { applicationRepository: codecommit.Repository.fromRepositoryArn(agnostic.stack, 'Code', arn) }))
    .toThrow(/give the stack an explicit region/);
  expect(() => local.add('b', { imageRepository: ecr.Repository.fromRepositoryArn(local.stack, 'Images', 'arn:aws:ecr:eu-west-1:999999999999:repository/x') }))
    .toThrow(/^imageRepository "Stack\/Images in 999999999999".*account of its stack/);
});

test('fails for the infrastructure repository as the source', () => {
  const { platform, add } = platformStack();

  expect(() => add('a', { applicationRepository: platform.infrastructureRepository })).toThrow(/^applicationRepository .*start the pipeline again/);
});

test('fails for an environment that is removed and kept', () => {
  expect(() => platformStack().add('a', { removedEnvironments: ['production'] })).toThrow(/^removedEnvironments "production"/);
});

test.each<[string, ApplicationOptions]>([
  ['removalPolicy', { removalPolicy: RemovalPolicy.SNAPSHOT }],
  ['buildComputeType', { buildComputeType: codebuild.ComputeType.LAMBDA_1GB }],
  ['buildTimeout', { buildTimeout: Duration.seconds(301) }],
  ['dockerfile', { dockerfile: '../Dockerfile' }],
  ['buildContext', { buildContext: 'https://example.com/x.git' }],
  ['testTarget', { testTarget: '$(reboot)' }],
  ['testReportsPath', { testReportsPath: '/a\nb' }],
])('fails for what the build cannot do: %s', (prop, options) => {
  expect(() => platformStack().add('a', options)).toThrow(new RegExp(`^${prop} "`));
});

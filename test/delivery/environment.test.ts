import { App, Duration, Stack } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Promotion } from '../../src';
import { resolveEnvironments } from '../../src/delivery/environment';

const stack = new Stack(new App(), 'Stack');
const resolve = (...environments: Parameters<typeof resolveEnvironments>[2] & object) => resolveEnvironments(stack, 'shop', environments);

test('without props there is one environment, production, promoted by commit and without an approval', () => {
  expect(resolveEnvironments(stack, 'shop')).toEqual([{
    name: 'production',
    namespace: 'shop-production',
    approval: false,
    approvalTopic: undefined,
    promotion: 'commit',
    rolloutTimeout: Duration.minutes(10),
  }]);
});

test('environments keep their order', () => {
  expect(resolve({ environmentName: 'staging', promotion: Promotion.byTag() }, { environmentName: 'production', approval: true })
    .map(({ name, promotion, approval }) => [name, promotion, approval]))
    .toEqual([['staging', 'tag', false], ['production', 'commit', true]]);
});

test('fails when a tag would decide what runs behind an approval', () => {
  expect(() => resolve({ environmentName: 'production', approval: true, promotion: Promotion.byTag() })).toThrow(/a build can push any tag/);
});

test.each(['build', 'base', 'source', 'constructor', 'approve-production'])('fails for the reserved environment name %s', (environmentName) => {
  expect(() => resolve({ environmentName })).toThrow(/build, base, source, constructor and names that start with approve- are reserved/);
});

test('fails for an environment whose account would replace that of a Flux controller', () => {
  expect(() => resolveEnvironments(stack, 'kustomize', [{ environmentName: 'controller' }])).toThrow(/'kustomize-controller' could be an account/);
  expect(() => resolveEnvironments(stack, 'image', [{ environmentName: 'reflector-controller' }])).toThrow(/^environmentName/);
});

test('fails for two environments of one name or one namespace', () => {
  expect(() => resolve({ environmentName: 'a' }, { environmentName: 'a' })).toThrow(/environmentName "a".*one of its own/);
  expect(() => resolve({ environmentName: 'a', namespace: 'x' }, { environmentName: 'b', namespace: 'x' })).toThrow(/namespace "x".*one of its own/);
});

test.each(['kube-system', 'kube-mine', 'flux-system', 'default'])('fails for the namespace %s, which is the cluster\'s', (namespace) => {
  expect(() => resolve({ environmentName: 'a', namespace })).toThrow(/belongs to the cluster/);
});

test('fails for no environment at all', () => {
  expect(() => resolve()).toThrow(/at least one/);
});

test('fails for more stages than a pipeline takes', () => {
  const environments = Array.from({ length: 25 }, (_, index) => ({ environmentName: `e${index}`, approval: true }));
  expect(() => resolve(...environments.slice(0, 24))).not.toThrow();
  expect(() => resolve(...environments)).toThrow(/25 environments.*at most 50 stages.*make 52/);
});

test.each([Duration.seconds(59), Duration.hours(13), Duration.millis(90_500)])('fails for a rollout time-out out of range', (rolloutTimeout) => {
  expect(() => resolve({ environmentName: 'a', rolloutTimeout })).toThrow(/1 minute to 12 hours in whole seconds/);
});

test('fails for a topic that no approval would use', () => {
  expect(() => resolve({ environmentName: 'a', approvalTopic: new sns.Topic(stack, 'Topic') })).toThrow(/has no approval/);
});

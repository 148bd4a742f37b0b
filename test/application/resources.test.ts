import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { GitOpsPipeline } from '../../src';
import { testApp } from '../platform/test-app';

/** The types of the resources of a template, in order. */
function types(change: (pipeline: GitOpsPipeline) => void): string[] {
  const stack = new Stack(testApp(), 'Stack');
  change(new GitOpsPipeline(stack, 'Shop'));
  return Object.values<{ Type: string }>(Template.fromStack(stack).toJSON().Resources).map(({ Type }) => Type).sort();
}

test('one more application costs at most 12 resources, and no function', () => {
  const before = types(() => {});
  const after = types((pipeline) => pipeline.addApplication('cart'));

  expect(after.length - before.length).toBeGreaterThan(0);
  expect(after.length - before.length).toBeLessThanOrEqual(12);
  expect(after.filter((type) => type === 'AWS::Lambda::Function')).toEqual(before.filter((type) => type === 'AWS::Lambda::Function'));
});

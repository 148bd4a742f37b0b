import { App, Aws, Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { nameFromId, requireName } from '../../src/private/names';

const stack = new Stack(new App(), 'Stack');

test.each(['a', 'shop', 'shop-2', 'a1-b2-c3'])('takes %p as an application name', (name) => {
  expect(requireName(stack, 'applicationName', name)).toBe(name);
});

test.each(['', 'Shop', '2shop', '-shop', 'shop-', 'sh--op', 'shop_1', 'shöp', 'a'.repeat(31), 'shop\n', '../shop'])(
  'fails for the application name %j with the value and what is allowed', (name) => {
    expect(() => requireName(stack, 'applicationName', name)).toThrow(/^applicationName ".*is not allowed: it takes 1 to 30 lower-case/s);
  });

test('fails for a token, which cannot become part of a file', () => {
  expect(() => requireName(stack, 'applicationName', Aws.REGION)).toThrow(/a token.*literal string/);
});

test.each(['x.git', 'a b', 'a/b', 'a'.repeat(101)])('fails for the repository name %j', (name) => {
  expect(() => requireName(stack, 'repositoryName', name)).toThrow('not ending in .git');
});

test.each(['main', 'release/1.0', 'a.b-c_d'])('takes the branch %p', (branch) => {
  expect(requireName(stack, 'branch', branch)).toBe(branch);
});

test.each(['-main', '/main', 'a..b', 'a//b', 'a@{b', 'x.lock', 'a/', '$(reboot)', 'a b'])('fails for the branch %j', (branch) => {
  expect(() => requireName(stack, 'branch', branch)).toThrow('a Git branch name');
});

test('a message stays short and on one line, whatever the value is', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (name) => {
    try {
      requireName(stack, 'environmentName', name);
    } catch (error) {
      expect((error as Error).name).toBe('ValidationError');
      expect((error as Error).message.length).toBeLessThan(900);
      expect((error as Error).message).not.toMatch(/[\n\r]/);
    }
  }));
});

test('an id becomes a name that is allowed', () => {
  expect(nameFromId('Shop')).toBe('shop');
  expect(nameFromId('MyWebShop')).toBe('my-web-shop');
  expect(nameFromId('2nd_Shop.')).toBe('nd-shop');
});

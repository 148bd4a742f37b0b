import { posix } from 'path';
import * as fc from 'fast-check';
import { assertRepositoryPath, invalidPathReason } from '../../../src/source/repository-files-handler/repository-path';

test.each([
  '', '/', '/etc/passwd', 'a//b', 'a/', './a', 'a/.', '..', '../a', 'a/../../b', '.git', '.git/config', 'a/.GIT/hooks/x', '.git./x', 'a\\..\\b',
  'a\0b', 'a\nb', 'a b', 'GIT~1/config', 'ü', '.g\u200cit/config', 'C:/x', 'a:b', 'x'.repeat(5000), undefined, 7, {},
])('refuses %j', (path) => {
  expect(() => assertRepositoryPath(path)).toThrow(/cannot be a file's path in a repository: /);
});

test.each(['README.md', 'clusters/shop/shop-production.yaml', 'src/.dockerignore', '.gitignore', 'a/.github/x', 'a@b+c/d', '...'])('takes %j', (path) => {
  expect(invalidPathReason(path)).toBeUndefined();
});

test('what it takes stays inside the repository and out of .git', () => {
  const segment = fc.oneof(fc.constantFrom('..', '.', '', '.git', '.Git', '.git.', '~', 'a', 'b.yaml'), fc.string({ unit: 'binary' }));
  fc.assert(fc.property(fc.array(segment, { minLength: 1 }).map((segments) => segments.join('/')), (path) => {
    fc.pre(invalidPathReason(path) === undefined);
    const resolved = posix.resolve('/repository', path);
    expect(resolved).toBe(`/repository/${path}`);
    expect(resolved.toLowerCase().split('/')).not.toContain('.git');
  }));
});

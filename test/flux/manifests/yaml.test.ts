import { Stack } from 'aws-cdk-lib';
import { parse } from 'yaml';
import { toYaml } from '../../../src/flux/manifests/yaml';

test('a token survives, however long its line', () => {
  const stack = new Stack();
  const uri = `${stack.account}.dkr.ecr.${stack.region}.${stack.urlSuffix}/${'a-long-name/'.repeat(20)}`;

  expect(toYaml([{ uri }])).toBe(`uri: ${uri}\n`);
});

test.each(['null', 'true', '012', '1e3', ' padded ', 'a: b', '# no comment', '"quoted"', '*', 'line\nbreak', ''])('%j stays that string', (value) => {
  expect(parse(toYaml([{ value }]))).toEqual({ value });
});

test('equal parts of an object are written out, since people edit them', () => {
  const labels = { app: 'shop' };

  expect(toYaml([{ a: labels, b: labels }])).toBe('a:\n  app: shop\nb:\n  app: shop\n');
});

test('fails when there is no value to comment on', () => {
  expect(() => toYaml([{ kind: 'A', b: {} }], { comments: [{ kind: 'A', path: ['b', 'c'], comment: 'x' }] }))
    .toThrow('Cannot comment on b.c: A has no value there');
});

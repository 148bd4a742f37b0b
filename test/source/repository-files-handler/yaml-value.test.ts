import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { describePath, readValue, replaceValue, ValuePath } from '../../../src/source/repository-files-handler/yaml-value';

const RELEASED: ValuePath = ['Kustomization', 'metadata', 'annotations', 'cdk-gitops-pipeline/released'];
const DIGEST: ValuePath = ['Kustomization', 'images', { name: 'shop' }, 'digest'];

const MANAGED = [
  '# managed by GitOpsPipeline; edits are overwritten',
  'apiVersion: v1',
  'kind: Namespace',
  'metadata: {name: shop-production}   # flow',
  '---',
  'apiVersion: kustomize.toolkit.fluxcd.io/v1',
  'kind: Kustomization',
  'metadata:',
  '    name: "shop-production"',
  '    annotations:',
  '        cdk-gitops-pipeline/released:   none  # {"$imagepolicy": "flux-system:shop-staging:tag"}',
  'spec:',
  '  dependsOn:',
  '  - name: infrastructure',
  '    readyExpr: "self.metadata.annotations[\'cdk-gitops-pipeline/released\'] != \'none\'"',
  '...',
  '',
].join('\n');

const OVERLAY = [
  'apiVersion: kustomize.config.k8s.io/v1beta1',
  'kind: Kustomization',
  'images:',
  '  - name: sidecar',
  '    digest: sha256:0',
  '  - {name: shop, newName: r/shop, digest: none} # ours',
  '',
].join('\n');

test('reads values by kind, key and matcher', () => {
  expect(readValue(MANAGED, RELEASED)).toBe('none');
  expect(readValue(MANAGED, ['Namespace', 'metadata', 'name'])).toBe('shop-production');
  expect(readValue(OVERLAY, DIGEST)).toBe('none');
  expect(readValue(OVERLAY, ['Kustomization', 'images', 0, 'digest'])).toBe('sha256:0');
  expect(readValue(OVERLAY, ['Kustomization', 'images', { name: 'other' }, 'digest'])).toBeUndefined();
  expect(readValue('', RELEASED)).toBeUndefined();
});

test('keeps the written form of numbers', () => {
  expect(readValue('kind: A\nv: 1.10\n', ['A', 'v'])).toBe('1.10');
  expect(readValue('kind: A\nv:\n', ['A', 'v'])).toBeUndefined();
});

test('reads a value although the file is broken elsewhere', () => {
  expect(readValue(MANAGED.replace('---', 'broken: [\n---'), RELEASED)).toBe('none');
});

test('reads a kustomization.yaml that leaves out its kind', () => {
  expect(readValue(OVERLAY.replace('kind: Kustomization\n', ''), DIGEST)).toBe('none');
});

test('replaces nothing but the value', () => {
  expect(replaceValue(MANAGED, RELEASED, 'build-20261124101112-0a1b2c3d'))
    .toBe(MANAGED.replace('released:   none  #', 'released:   build-20261124101112-0a1b2c3d  #'));
  expect(replaceValue(OVERLAY, DIGEST, `sha256:${'a'.repeat(64)}`)).toBe(OVERLAY.replace('none', `sha256:${'a'.repeat(64)}`));
});

test.each([
  ['single quotes', "kind: A\nv: 'x' # c\n", 'it\'s', "kind: A\nv: 'it''s' # c\n"],
  ['double quotes', 'kind: A\nv: "x"\n', 'z', 'kind: A\nv: "z"\n'],
  ['an empty value', 'kind: A\nv: # c\nw: 1\n', 'z', 'kind: A\nv: z # c\nw: 1\n'],
  ['a tilde', 'kind: A\nv: ~\n', 'z', 'kind: A\nv: z\n'],
  ['an anchor', 'kind: A\nv: &a x\nw: *a\n', 'z', 'kind: A\nv: &a z\nw: *a\n'],
  ['an alias', 'kind: A\nw: &a x\nv: *a # c\n', 'z', 'kind: A\nw: &a x\nv: z # c\n'],
  ['a block', 'kind: A\nv: |\n  x\n  q\nw: 1\n', 'z', 'kind: A\nv: z\nw: 1\n'],
  ['Windows line ends', 'kind: A\r\nv: x\r\nw: 1\r\n', 'z', 'kind: A\r\nv: z\r\nw: 1\r\n'],
  ['no line end', 'kind: A\nv: x', 'z', 'kind: A\nv: z'],
  ['what YAML 1.1 takes for a boolean', 'kind: A\nv: x\n', 'yes', 'kind: A\nv: "yes"\n'],
  ['what looks like a number', 'kind: A\nv: x\n', '1e10', 'kind: A\nv: "1e10"\n'],
  ['what looks like a comment', 'kind: A\nv: x\n', 'a #b', 'kind: A\nv: "a #b"\n'],
])('replaces a value in/with %s', (_, source, value, expected) => {
  expect(replaceValue(source, ['A', 'v'], value)).toBe(expected);
});

test.each([
  ['no value', OVERLAY, ['Kustomization', 'images', { name: 'shop' }, 'newTag'], 'No value at Kustomization: images[name=shop].newTag'],
  ['no such kind', OVERLAY, ['Deployment', 'images'], 'No value at Deployment: images'],
  ['two documents of that kind', `${OVERLAY}---\n${OVERLAY}`, DIGEST, 'More than one value'],
  ['a key that is there twice', 'kind: A\nv: 1\nv: 2\n', ['A', 'v'], 'More than one value'],
  ['a list', OVERLAY, ['Kustomization', 'images'], 'is a list or a mapping'],
] as [string, string, ValuePath, string][])('fails on %s', (_, source, path, message) => {
  expect(() => replaceValue(source, path, 'z')).toThrow(message);
});

test('describes a path as people write it', () => {
  expect(describePath(RELEASED)).toBe('Kustomization: metadata.annotations["cdk-gitops-pipeline/released"]');
});

test('any text survives in any style, and the rest stays byte for byte', () => {
  const style = fc.constantFrom('none', '"none"', "'none'", '', '~', '|\n        none', '>-\n        none', '!!str none', '&a none');
  fc.assert(fc.property(style, fc.string({ unit: 'grapheme' }), fc.constantFrom('', ' # kept', '\n        # kept'), (written, value, comment) => {
    const before = 'kind: A\nlist:\n    - name: other\n    -  name: shop # x\n       digest:';
    const after = '\n    - name: last\n';
    const block = /[|>]/.test(written);
    const source = `${before}${written && ' '}${written}${block ? '' : comment}${after}`;
    const path: ValuePath = ['A', 'list', { name: 'shop' }, 'digest'];
    const result = replaceValue(source, path, value);
    expect(readValue(result, path)).toBe(value);
    expect(result.startsWith(before)).toBe(true);
    expect(result.endsWith(`${block ? '' : comment}${after}`)).toBe(true);
    expect(parseAllDocuments(result).flatMap((document) => document.errors)).toEqual([]);
  }), { numRuns: 500 });
});

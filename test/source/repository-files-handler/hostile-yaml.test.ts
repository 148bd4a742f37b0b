import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { readValue, replaceValue, ValuePath, YamlPathError } from '../../../src/source/repository-files-handler/yaml-value';
import { hostileText } from '../../properties/hostile-text';
import { seed } from '../../properties/seed';

const DIGEST: ValuePath = ['Kustomization', 'images', { name: 'shop' }, 'digest'];
const ORDINARY = 'kind: Kustomization\nimages:\n  - name: shop\n    digest: none # ours\nother: 1\n';

/** Without halves of characters, which no file can hold. */
const whole = (text: string) => Buffer.from(text).toString();

/** Files that are YAML in parts, with hostile text anywhere. */
const files = fc.oneof(
  hostileText,
  fc.tuple(fc.integer({ min: 0, max: ORDINARY.length }), hostileText).map(([at, text]) => ORDINARY.slice(0, at) + text + ORDINARY.slice(at)),
  fc.array(fc.oneof(hostileText, fc.constantFrom('kind: Kustomization\n', 'images:\n', '  - name: shop\n', '    digest: x\n', '---\n', '*a', '&a ', '<<: ')), { maxLength: 8 })
    .map((parts) => parts.join('')),
);

test('a file that nobody can make sense of has no value, and is not changed', () => {
  fc.assert(fc.property(files, hostileText, (source, value) => {
    const before = readValue(source, DIGEST);
    expect(['string', 'undefined']).toContain(typeof before);
    try {
      const after = replaceValue(source, DIGEST, value);
      expect(readValue(after, DIGEST)).toBe(value);
    } catch (error) {
      expect(error).toBeInstanceOf(YamlPathError);
      expect((error as Error).message).not.toContain('\n');
    }
  }), { seed, numRuns: 600 });
});

test('any value leaves valid YAML, in which nothing else has changed', () => {
  fc.assert(fc.property(hostileText, (value) => {
    const [document] = parseAllDocuments(replaceValue(ORDINARY, DIGEST, whole(value)));
    expect(document.errors).toEqual([]);
    expect(document.toJS()).toEqual({ kind: 'Kustomization', images: [{ name: 'shop', digest: whole(value) }], other: 1 });
  }), { seed, numRuns: 500 });
});

test('a value that grows with each of its aliases is not written out', () => {
  const letters = [...'abcdefghijklmnop'];
  const laughs = letters.map((letter, index) => `${letter}: &${letter} [${index === 0 ? 'lol' : `*${letters[index - 1]},`.repeat(10)}]`).join('\n');
  const source = `kind: Kustomization\n${laughs}\nimages:\n  - name: shop\n    digest: *p\n  - *p\n`;
  expect(readValue(source, DIGEST)).toBeUndefined();
  expect(replaceValue(source, DIGEST, 'x')).toBe(source.replace('digest: *p', 'digest: x'));
});

test.each(['['.repeat(10_000), `images: ${'- '.repeat(10_000)}`, '{a: '.repeat(10_000)])('a file that is nested deeper than can be read has no value: %#', (nested) => {
  expect(readValue(`kind: Kustomization\nx: ${nested}`, DIGEST)).toBeUndefined();
  expect(() => replaceValue(`kind: Kustomization\nx: ${nested}`, DIGEST, 'x')).toThrow(YamlPathError);
});

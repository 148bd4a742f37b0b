import { Document, isAlias, isMap, isScalar, isSeq, Node, parseAllDocuments, parseDocument, Scalar } from 'yaml';

/** Picks the one item of a list whose fields have these values, e.g. `{ name: 'shop' }`. */
export type ItemMatcher = Readonly<Record<string, string>>;

/**
 * Where a value is: first the document's `kind`, then keys of mappings, and for lists an index or a matcher,
 * e.g. `['Kustomization', 'images', { name: 'shop' }, 'digest']`.
 */
export type ValuePath = readonly [kind: string, ...rest: (string | number | ItemMatcher)[]];

/** A path that leads to no single value of a file. */
export class YamlPathError extends Error {
  public override readonly name = 'YamlPathError';
}

/**
 * The value at a path, or undefined where there is none.
 *
 * Reads what it can of a file that has YAML errors, so that a person's slip elsewhere in the file hides no value.
 */
export function readValue(source: string, path: ValuePath): string | undefined {
  const found = locate(source, path);
  if (found.length !== 1) { return undefined; }
  const node = found[0];
  if (!isScalar(node) || node.value === null) { return undefined; }
  // the written form of a number or boolean: 20261124 stays what it is, 1.10 does not become 1.1
  return typeof node.value === 'string' ? node.value : node.source;
}

/**
 * The file with the value at a path replaced. Every byte outside of that value, comments included, stays.
 *
 * Throws a `YamlPathError` when the path leads to none or to several values: a file is rather left alone than guessed at.
 */
export function replaceValue(source: string, path: ValuePath, value: string): string {
  const found = locate(source, path);
  if (found.length !== 1) {
    throw new YamlPathError(`${found.length === 0 ? 'No' : 'More than one'} value at ${describePath(path)}; exactly one is needed to change it.`);
  }
  const node = found[0];
  if (!(isScalar(node) || isAlias(node)) || !node.range) {
    throw new YamlPathError(`The value at ${describePath(path)} is a list or a mapping; only a plain value can be changed.`);
  }
  const [start, end] = node.range;
  const written = write(value, isScalar(node) ? node.type as Scalar.Type | undefined : undefined);
  // an empty value may touch its colon or its comment; a block scalar takes the line's end with it
  const before = /\s/.test(source.charAt(start - 1)) || start !== end ? '' : ' ';
  const after = /\r?\n$/.exec(source.slice(start, end))?.[0] ?? (source.charAt(end) === '#' ? ' ' : '');
  const result = source.slice(0, start) + before + written + after + source.slice(end);
  if (readValue(result, path) !== value) {
    throw new YamlPathError(`The value at ${describePath(path)} cannot be changed to ${JSON.stringify(value)} without rewriting the file.`);
  }
  return result;
}

/** A path as people write it, for messages: `Kustomization: images[name=shop].digest`. */
export function describePath([kind, ...rest]: ValuePath): string {
  const keys = rest.map((key) => {
    if (typeof key === 'number') { return `[${key}]`; }
    if (typeof key === 'object') { return `[${Object.entries(key).map(([name, value]) => `${name}=${value}`).join(',')}]`; }
    return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  return `${kind}: ${keys.join('').replace(/^\./, '')}`;
}

function locate(source: string, [kind, ...rest]: ValuePath): unknown[] {
  const documents = [...parseAllDocuments(source, { uniqueKeys: false })] as Document[];
  const ofKind = documents.filter((document) => document.get('kind') === kind);
  // kustomize lets people leave out the kind of a kustomization.yaml
  const candidates = ofKind.length === 0 && documents.length === 1 && !documents[0].has('kind') ? documents : ofKind;
  return candidates.flatMap((document) => descend(document, document.contents, rest));
}

function descend(document: Document, node: unknown, path: ValuePath[number][]): unknown[] {
  if (path.length === 0) { return node === undefined || node === null ? [] : [node]; }
  const parent = isAlias(node) ? node.resolve(document) : node;
  const [key, ...rest] = path;
  if (isMap(parent) && typeof key === 'string') {
    return parent.items
      .filter((pair) => isScalar(pair.key) && String(pair.key.value) === key)
      .flatMap((pair) => descend(document, pair.value, rest));
  }
  if (isSeq(parent) && typeof key === 'number') {
    return descend(document, parent.items[key], rest);
  }
  if (isSeq(parent) && typeof key === 'object') {
    return parent.items.filter((item) => matches(document, item, key)).flatMap((item) => descend(document, item, rest));
  }
  return [];
}

function matches(document: Document, item: unknown, matcher: ItemMatcher): boolean {
  const map = isAlias(item) ? item.resolve(document) as Node | undefined : item;
  return isMap(map) && Object.entries(matcher).every(([name, value]) => String(map.get(name)) === value);
}

/** The value in the quotes that it had, or in double quotes where it would not be read as that text without. */
function write(value: string, style: Scalar.Type | undefined): string {
  const oneLine = /^[\x20-\x7e\xa0-\ud7ff]*$/.test(value);
  if (style === Scalar.QUOTE_SINGLE && oneLine) { return `'${value.replaceAll("'", "''")}'`; }
  if (style !== Scalar.QUOTE_DOUBLE && isPlain(value)) { return value; }
  // JSON leaves these three as they are, YAML takes them for line breaks or non-characters
  return JSON.stringify(value).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isPlain(value: string): boolean {
  // Flux and kustomize read YAML with 1.1's booleans and numbers, editors with 1.2's
  return /^[\w./][\w./:@+-]*$/.test(value) && !value.endsWith(':')
    && (['1.1', '1.2'] as const).every((version) => parseDocument(value, { version }).toJS() === value);
}

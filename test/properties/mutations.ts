import * as fc from 'fast-check';
import { hostileText } from './hostile-text';

type Path = readonly string[];

/** JSON that nobody would send: any, or hostile text in the place of it. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(fc.jsonValue({ maxDepth: 3 }), hostileText, fc.constantFrom(undefined, null, [], {}, 0, -1, '', true));

/** A valid value with a few changes: a field dropped, of another type, of another value, or exchanged for another field. */
export function mutated(valid: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(valid);
  const path = fc.constantFrom(...paths);
  const change = fc.oneof(
    path.map((at) => (value: unknown) => without(value, at)),
    fc.tuple(path, anyJson).map(([at, by]) => (value: unknown) => replaced(value, at, by)),
    fc.tuple(path, path).map(([at, from]) => (value: unknown) => replaced(value, at, valueAt(valid, from))),
    fc.tuple(path, fc.string(), anyJson).map(([at, key, by]) => (value: unknown) => replaced(value, [...at, key || 'x'], by)),
  );
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => changes.reduce((value, apply) => apply(value), structuredClone(valid)));
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) { return [path]; }
  return [...path.length > 0 ? [path] : [], ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((object: any, key) => object?.[key], value);
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const parent = valueAt(value, path.slice(0, -1));
  if (typeof parent === 'object' && parent !== null) {
    Object.defineProperty(parent, path.at(-1)!, { value: by, enumerable: true, configurable: true, writable: true });
  }
  return value;
}

function without(value: unknown, path: Path): unknown {
  const parent: any = valueAt(value, path.slice(0, -1));
  if (typeof parent === 'object' && parent !== null) { delete parent[path.at(-1)!]; }
  return value;
}

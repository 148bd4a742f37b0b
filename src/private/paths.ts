import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { InvalidPropError } from './invalid-prop';

const MAX_LENGTH = 255;

/** Ends a line, is no text, or makes Docker take the path for a URL or a container's name. */
// eslint-disable-next-line no-control-regex
const REFUSED_CHARACTERS = /[\u0000-\u001f\u007f:]/;

/**
 * Returns the path when it leads to a place inside of where it starts. Quoting is left to who writes the command.
 *
 * @param absolute whether it may start at the root
 */
export function requirePath(scope: IConstruct, prop: string, path: string, { absolute = false } = {}): string {
  const relative = absolute ? path.replace(/^\//, '') : path;
  const allowed = `it takes a path of 1 to ${MAX_LENGTH} characters, without "..", colons and control characters, `
    + `that starts neither with a hyphen nor with ${absolute ? 'two slashes' : 'a slash'}`;
  if (Token.isUnresolved(path)) {
    throw new InvalidPropError(scope, { prop, value: 'a token', allowed, advice: 'Pass the text itself, not a parameter.' });
  }
  if (!/^[^-/]/.test(relative) || relative.length > MAX_LENGTH || relative.split('/').includes('..') || REFUSED_CHARACTERS.test(relative)) {
    throw new InvalidPropError(scope, { prop, value: path, allowed, advice: `Choose another ${prop}.` });
  }
  return path;
}

import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { InvalidPropError } from './invalid-prop';

/** One rule that a name has to pass, in the user's words. */
interface NameRule {
  readonly pattern: RegExp;
  readonly maxLength: number;
  readonly allowed: string;
}

/** RFC 1123 without double hyphens, which ECR refuses; letters first, so that Kubernetes Services take it, too. */
function label(maxLength: number): NameRule {
  return {
    pattern: /^[a-z](-?[a-z0-9])*$/,
    maxLength,
    allowed: `1 to ${maxLength} lower-case letters, digits and single hyphens, starting with a letter and not ending with a hyphen`,
  };
}

const RULES = {
  /** Part of repository, pipeline and role names, so short. */
  platformName: label(20),
  /** Part of the namespace, together with the environment. */
  applicationName: label(30),
  environmentName: label(20),
  /** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
  namespace: label(63),
  /** https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
  repositoryName: {
    pattern: /^(?!.*\.git$)[A-Za-z0-9._-]+$/,
    maxLength: 100,
    allowed: '1 to 100 letters, digits, periods, underscores and hyphens, not ending in .git',
  },
  branch: {
    pattern: /^(?![-/])(?!.*(\.\.|\/\/|[/.]$|\.lock(\/|$)))(?!(.*\/)?\.)[A-Za-z0-9._/-]+$/,
    maxLength: 256,
    allowed: 'a Git branch name of 1 to 256 letters, digits and . _ / -',
  },
  /** https://docs.docker.com/reference/dockerfile/#from: a stage's name, or its number */
  testTarget: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    maxLength: 128,
    allowed: '1 to 128 letters, digits, periods, underscores and hyphens, or an empty string for no tests',
  },
} satisfies Record<string, NameRule>;

/** Names whose form is checked at synth. */
export type NameKind = keyof typeof RULES;

/**
 * Returns the name when it is well-formed.
 *
 * @param prop the prop's name, where it is not the kind's
 */
export function requireName(scope: IConstruct, kind: NameKind, value: string, prop: string = kind): string {
  const rule: NameRule = RULES[kind];
  if (Token.isUnresolved(value)) {
    throw new InvalidPropError(scope, {
      prop,
      value: 'a token',
      allowed: 'it becomes part of names and files that are written at synth, so it has to be a literal string',
      advice: 'Pass the text itself, not a parameter or an attribute of another resource.',
    });
  }
  if (typeof value !== 'string' || value.length > rule.maxLength || !rule.pattern.test(value)) {
    throw new InvalidPropError(scope, { prop, value, allowed: `it takes ${rule.allowed}`, advice: `Choose another ${prop}.` });
  }
  return value;
}

/** A construct id as a name: `MyShop` becomes `my-shop`. */
export function nameFromId(id: string): string {
  return id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-+$/g, '');
}

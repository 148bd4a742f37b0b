/** A statement as a policy has it */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly [element: string]: unknown;
}

export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** A request, and the policies that it meets */
export interface Case {
  readonly principal: string;
  readonly account: string;
  readonly action: string;
  readonly resource: string;
  /** By condition key; a list where the key has several values. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  readonly identity: readonly Policy[];
  readonly boundary?: Policy;
  readonly resourcePolicy?: Policy;
}

/** What IAM would say */
export type Decision = 'Allow' | 'Deny' | 'ImplicitDeny';

/** Decides all cases, in their order. */
export type Evaluator = (cases: readonly Case[]) => Promise<Decision[]>;

import type { IConstruct } from 'constructs';

/** What was refused, in the order in which the message says it. */
export interface InvalidProp {
  /** The prop's name as the user wrote it. */
  readonly prop: string;
  /** The offending value. */
  readonly value: string;
  /** What would have been accepted. */
  readonly allowed: string;
  /** What to do now. */
  readonly advice: string;
}

/** A prop that CloudFormation, a service or Kubernetes would refuse later, refused at synth. */
export class InvalidPropError extends Error {
  public constructor(scope: IConstruct, invalid: InvalidProp) {
    super(`${invalid.prop} ${quote(invalid.value)} of '${scope.node.path}' is not allowed: ${invalid.allowed}. ${invalid.advice}`);
    this.name = 'ValidationError';
  }
}

const SHOWN_CHARACTERS = 80;

/** Hostile or huge values stay on one readable line. */
function quote(given: string): string {
  const value = String(given); // JavaScript passes anything
  const characters = [...value];
  const shown = characters.length > SHOWN_CHARACTERS ? `${characters.slice(0, SHOWN_CHARACTERS).join('')}…` : value;
  return `${JSON.stringify(shown)}${characters.length > SHOWN_CHARACTERS ? ` (${characters.length} characters)` : ''}`;
}

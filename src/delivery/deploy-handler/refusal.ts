/** What the handler expected might be wrong, told in one sentence: trying again would not help. */
export class Refusal extends Error {
  public override readonly name = 'Refusal';
}

/** An error as one sentence, whatever was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof Refusal) { return error.message; }
  if (error instanceof Error) {
    return oneLine(error.name === 'Error' || !error.message ? error.message || error.name : `${error.name}: ${error.message}`);
  }
  return oneLine(String(error));
}

/** Line ends, control characters, those that turn the direction of what follows, and halves of others. */
const DISTURBING = /[\s\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Kubernetes and Flux answer in several lines, and workloads and authors write what they like; CodePipeline's console shows one line. */
export function oneLine(text: string, maxLength = 600): string {
  const line = text.replace(DISTURBING, ' ').trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).replace(/\p{Cs}$/u, '')}…`;
}

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

/** Kubernetes and Flux answer in several lines; CodePipeline's console shows one. */
export function oneLine(text: string, maxLength = 600): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
}

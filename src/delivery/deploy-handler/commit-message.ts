import { Request } from './parse-job';
import { oneLine } from './refusal';
import { Release } from './state';

/** The lines at a deployment commit's end that machines read; `git log --grep` finds them, too. */
export interface Trailers {
  readonly [name: string]: string;
}

export const TRAILER = {
  EXECUTION: 'Execution',
  SOURCE: 'Source-Commit',
  DIGEST: 'Digest',
  PREVIOUS: 'Previous-Digest',
  TAG: 'Environment-Tag',
  REASON: 'Reason',
  PUT_BACK: 'Puts-Back',
  DEPLOYMENT: 'Deployment',
} as const;

export function promotionMessage(request: Request, o: { deployment: string; tag: string; previous: Release }): string {
  return message(`deploy(${request.application}): ${request.environment} ${request.tag}`, {
    [TRAILER.EXECUTION]: request.execution,
    [TRAILER.SOURCE]: request.commit,
    [TRAILER.DIGEST]: request.digest,
    [TRAILER.PREVIOUS]: o.previous.digest,
    [TRAILER.TAG]: o.tag,
    [TRAILER.DEPLOYMENT]: o.deployment,
  });
}

export function putBackMessage(request: Request, o: { deployment: string; reason: string; previous: Release }): string {
  return message(`revert(${request.application}): ${request.environment} back from ${request.tag}`, {
    [TRAILER.REASON]: o.reason,
    [TRAILER.EXECUTION]: request.execution,
    [TRAILER.DIGEST]: o.previous.digest,
    [TRAILER.PUT_BACK]: request.digest,
    [TRAILER.DEPLOYMENT]: o.deployment,
  });
}

/** The last paragraph, where it is made of trailers only. */
export function trailersOf(text: string): Trailers {
  const lines = text.trim().split(/\n\s*\n/).slice(1).at(-1)?.split('\n') ?? [];
  const pairs = lines.map((line) => /^([A-Z][A-Za-z-]*):(.*)$/.exec(line));
  return pairs.every((pair) => pair) ? Object.fromEntries(pairs.map((pair) => [pair![1], pair![2].trim()])) : {};
}

/** Whether a commit is about that application's environment. */
export function concerns(text: string, { application, environment }: Pick<Request, 'application' | 'environment'>): boolean {
  return ['deploy', 'revert'].some((type) => text.startsWith(`${type}(${application}): ${environment} `));
}

/** Each value on its one line, so that none can write a trailer of its own. */
function message(subject: string, trailers: Trailers): string {
  return `${oneLine(subject)}\n\n${Object.entries(trailers).map(([name, value]) => `${name}: ${oneLine(value)}`).join('\n')}\n`;
}

import { z } from 'zod';
import { oneLine, Refusal } from './refusal';

/** What an environment's files name as to be run. */
const Release = z.object({
  digest: z.string(),
  /** The image repository's address in the overlay; absent where the overlay has none. */
  name: z.string().optional(),
  /** The build's tag, as the Kustomization's annotation holds it. */
  released: z.string().optional(),
});

/** A promotion that was made. */
const Promotion = z.object({
  /** When, in milliseconds: what the rollout's time-out counts from. */
  at: z.number(),
  /** The commit that holds it; absent where Flux makes the commit. */
  commit: z.string().optional(),
  /** The environment's tag in the image repository; absent where nothing had to be promoted. */
  tag: z.string().optional(),
  /** What ran before, and is put back when the rollout fails. */
  previous: Release,
});

/** A sign of failure, or of success, that counts only when it lasts. */
const Held = z.object({
  key: z.string(),
  since: z.number(),
  absentSince: z.number().optional(),
});

/** What every phase carries. */
const common = {
  /** The action's first job, which names this deployment in commits: each continuation may be a job of its own. */
  deployment: z.string(),
  /** Unexpected errors in a row. */
  attempts: z.number(),
};

/** The pipeline said that it wants a digest promoted again. */
const Asked = z.object({
  /** When, in milliseconds. */
  at: z.number(),
  /** What ran then. */
  previous: Release,
});

const State = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('promote'), ...common, asked: Asked.optional() }),
  z.object({ phase: z.literal('watch'), ...common, promotion: Promotion, tagged: z.boolean(), held: Held.optional() }),
  z.object({
    phase: z.literal('put back'),
    ...common,
    promotion: Promotion,
    reason: z.string(),
    /** When it was put back, in milliseconds; absent before that. */
    since: z.number().optional(),
    held: Held.optional(),
  }),
]);

export type Release = z.infer<typeof Release>;
export type Promotion = z.infer<typeof Promotion>;
export type Asked = z.infer<typeof Asked>;
export type Held = z.infer<typeof Held>;
/** All that one invocation leaves to the next. */
export type State = z.infer<typeof State>;
export type Phase<P extends State['phase']> = Extract<State, { phase: P }>;

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html */
const MAX_TOKEN = 2048;

export function encodeState(state: State): string {
  const token = JSON.stringify(state);
  if (token.length <= MAX_TOKEN || state.phase !== 'put back') { return token; }
  // only the reason is in words of others, of any length and with characters that are written as several
  return JSON.stringify({ ...state, reason: oneLine(state.reason.replace(/[^\x20-\x7e]|["\\]/g, ' '), 300) });
}

export function decodeState(token: string): State {
  try {
    return State.parse(JSON.parse(token));
  } catch {
    throw new Refusal(`The continuation token is not one that this function gave: ${oneLine(token, 100)}; retry the stage.`);
  }
}

import { z } from 'zod';
import { DIGEST_PATTERN } from './digest';
import { oneLine, Refusal } from './refusal';
import { decodeState, State } from './state';

const UserParameters = z.object({
  application: z.string().min(1),
  environment: z.string().min(1),
  namespace: z.string().min(1),
  /** The repository's name in ECR. */
  imageRepository: z.string().min(1),
  /** The repository's address, without a tag. */
  imageUri: z.string().min(1),
  digest: z.string().regex(DIGEST_PATTERN, 'must be the digest that the build exports, sha256: and 64 hexadecimal digits'),
  /** The build's tag, build-<UTC yyyymmddHHMMSS>-<commit8>. */
  tag: z.string().min(1).max(128),
  commit: z.string().regex(/^[0-9a-f]{8,64}$/, 'must be a Git commit id'),
  execution: z.string().min(1),
  promotion: z.enum(['commit', 'tag']),
  /** Seconds that a rollout, and after a failure the way back, may take. */
  timeout: z.number().int().positive().max(12 * 3600),
});

/** What the pipeline asks for: one digest in one environment. */
export type Request = z.infer<typeof UserParameters>;

/** One invocation of the action. */
export interface Job {
  readonly request: Request;
  /** Undefined in the action's first invocation. */
  readonly state?: State;
}

const JobId = z.object({ 'CodePipeline.job': z.object({ id: z.string().min(1) }) });

const JobData = z.object({
  'CodePipeline.job': z.object({
    data: z.object({
      actionConfiguration: z.object({ configuration: z.object({ UserParameters: z.string() }) }),
      continuationToken: z.string().nullish(),
    }),
  }),
});

/** The one thing without which not even a failure can be answered. */
export function parseJobId(event: unknown): string {
  const parsed = JobId.safeParse(event);
  if (!parsed.success) {
    throw new Refusal('The event is no CodePipeline job: it has no "CodePipeline.job" with an id; only a pipeline\'s Lambda action may invoke this function.');
  }
  return parsed.data['CodePipeline.job'].id;
}

/** Reads the rest of the event. */
export function parseJob(event: unknown): Job {
  const parsed = JobData.safeParse(event);
  if (!parsed.success) {
    throw new Refusal(`The CodePipeline job cannot be read: ${issues(parsed.error)}.`);
  }
  const { actionConfiguration, continuationToken } = parsed.data['CodePipeline.job'].data;
  return {
    request: parseParameters(actionConfiguration.configuration.UserParameters),
    state: continuationToken ? decodeState(continuationToken) : undefined,
  };
}

function parseParameters(text: string): Request {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Refusal(`The action's UserParameters are no JSON: ${oneLine(text, 100)}`);
  }
  const parsed = UserParameters.safeParse(json);
  if (!parsed.success) {
    throw new Refusal(`The action's UserParameters are not as the deploy action writes them: ${issues(parsed.error, json)}.`);
  }
  return parsed.data;
}

function issues(error: z.ZodError, input?: unknown): string {
  return error.issues.map((issue) => {
    const value = issue.path.reduce<any>((object, key) => object?.[key as string], input);
    return `${issue.path.join('.') || 'the whole'} ${typeof value === 'string' ? `${JSON.stringify(oneLine(value, 80))} ` : ''}${issue.message}`;
  }).join('; ');
}

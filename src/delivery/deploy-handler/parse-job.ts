import { z } from 'zod';
import { DIGEST_PATTERN } from './digest';
import { oneLine, Refusal } from './refusal';
import { decodeState, State } from './state';

/** As the construct takes names: none leads out of the folder, the path or the line that it becomes a part of. */
const Name = z.string().max(63).regex(/^[a-z](-?[a-z0-9])*$/, 'must be lower-case letters, digits and hyphens');
/** What CodePipeline gives as an id. */
const Id = z.string().max(100).regex(/^[\w-]+$/, 'must be an id of CodePipeline');

const UserParameters = z.strictObject({
  application: Name,
  environment: Name,
  namespace: Name,
  /** The repository's name in ECR. */
  imageRepository: z.string().max(256).regex(/^[a-z0-9]+([._/-]+[a-z0-9]+)*$/, 'must be a name of an image repository'),
  /** The repository's address, without a tag. */
  imageUri: z.string().max(400),
  digest: z.string().regex(DIGEST_PATTERN, 'must be the digest that the build exports, sha256: and 64 hexadecimal digits'),
  tag: z.string().regex(/^build-[0-9]{14}-[0-9a-f]{8}$/, 'must be the tag that the build exports, build-<UTC yyyymmddHHMMSS>-<commit8>'),
  commit: z.string().regex(/^[0-9a-f]{8,64}$/, 'must be a Git commit id'),
  execution: Id,
  promotion: z.enum(['commit', 'tag']),
  /** Seconds that a rollout, and after a failure the way back, may take. */
  timeout: z.number().int().positive().max(12 * 3600),
}).refine(({ imageUri, imageRepository: name }) => imageUri.endsWith(`/${name}`) && /^[\w.:-]+$/.test(imageUri.slice(0, -`/${name}`.length)), {
  path: ['imageUri'], message: 'must be the address of imageRepository',
}).refine(({ tag, commit }) => tag.endsWith(commit.slice(0, 8)), {
  path: ['tag'], message: 'must be of the commit that the execution is about',
});

/** What the pipeline asks for: one digest in one environment. */
export type Request = z.infer<typeof UserParameters>;

/** One invocation of the action. */
export interface Job {
  readonly request: Request;
  /** Undefined in the action's first invocation. */
  readonly state?: State;
}

const JobId = z.object({ 'CodePipeline.job': z.object({ id: Id, accountId: z.string().optional() }) });

const JobData = z.object({
  'CodePipeline.job': z.object({
    data: z.object({
      actionConfiguration: z.object({ configuration: z.object({ UserParameters: z.string() }) }),
      continuationToken: z.string().nullish(),
    }),
  }),
});

/**
 * The one thing without which not even a failure can be answered.
 *
 * @param account the function's own, where it is known
 */
export function parseJobId(event: unknown, account?: string): string {
  const parsed = JobId.safeParse(event);
  if (!parsed.success) {
    throw new Refusal('The event is no CodePipeline job: it has no "CodePipeline.job" with an id; only a pipeline\'s Lambda action may invoke this function.');
  }
  const { id, accountId } = parsed.data['CodePipeline.job'];
  if (accountId !== undefined && account !== undefined && accountId !== account) {
    throw new Refusal(`The CodePipeline job is of the account ${oneLine(accountId, 20)}, but this function serves pipelines of ${account} only.`);
  }
  return id;
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
  // a variable is put in as text, so one with a quotation mark could say each parameter again, and the last one counts
  if (JSON.stringify(json) !== text) {
    throw new Refusal(`The action's UserParameters are not as the deploy action writes them, so a variable of the build has changed them: ${oneLine(text, 300)}`);
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

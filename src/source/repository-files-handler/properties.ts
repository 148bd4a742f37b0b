import { z } from 'zod';
import { invalidPathReason } from './repository-path';
import { ValuePath } from './yaml-value';

/** A file that follows the construct. */
export interface ManagedFile {
  readonly path: string;
  readonly content: string;
  /** Values that others write into the file; what is in the repository wins over `content`. */
  readonly keep: readonly ValuePath[];
  /**
   * Whether what the file stands for is lost with it, so that its removal has to be confirmed.
   * By default so where somebody else's values are kept, which is to say in an environment's file.
   */
  readonly protected: boolean;
}

/** A file that is created once and belongs to the team from then on. */
export interface SeededFile {
  readonly path: string;
  readonly content: string;
}

export interface RepositoryFilesProperties {
  readonly repository: string;
  readonly branch: string;
  readonly managed: readonly ManagedFile[];
  readonly seeded: readonly SeededFile[];
  readonly confirmedRemovals: readonly string[];
  readonly message: string;
}

const path = z.string().superRefine((value, context) => {
  const reason = invalidPathReason(value);
  if (reason) { context.addIssue({ code: 'custom', message: `${JSON.stringify(value)}: ${reason}` }); }
});
const valuePath = z.array(z.union([z.string(), z.number(), z.record(z.string(), z.string())]))
  .refine((keys) => keys.length > 1 && typeof keys[0] === 'string', 'a kept value is named by its document\'s kind and its keys')
  .transform((keys) => keys as unknown as ValuePath);
const seededFile = z.object({ path, content: z.string() });
const managedFile = seededFile.extend({
  // one path may stand without a list around it
  keep: z.preprocess((value) => Array.isArray(value) && typeof value[0] === 'string' ? [value] : value, z.array(valuePath).default([])),
  protected: z.boolean().optional(),
}).transform((file) => ({ ...file, protected: file.protected ?? file.keep.length > 0 }));

/** CloudFormation passes strings only, so lists travel as JSON. */
function json<T extends z.ZodType>(schema: T) {
  return z.string().default('[]').transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: `${JSON.stringify(text.slice(0, 40))} is not JSON` });
      return z.NEVER;
    }
  }).pipe(schema);
}

const properties = z.object({
  RepositoryName: z.string().min(1).max(100),
  Branch: z.string().min(1).max(256),
  Managed: json(z.array(managedFile)),
  Seeded: json(z.array(seededFile)),
  ConfirmedRemovals: json(z.array(z.string())),
  Message: z.string().min(1).default('Update the files that GitOpsPipeline manages'),
});

/** Reads what the construct asks for; throws one sentence that lists everything that is wrong with it. */
export function parseProperties(input: unknown): RepositoryFilesProperties {
  const result = properties.safeParse(input);
  if (!result.success) {
    const findings = result.error.issues.map((issue) => `${issue.path.join('.') || 'properties'}: ${issue.message}`);
    throw new Error(`The repository's files cannot be committed: ${findings.join('; ')}.`);
  }
  const { RepositoryName, Branch, Managed, Seeded, ConfirmedRemovals, Message } = result.data;
  const paths = [...Managed, ...Seeded].map((file) => file.path);
  const twice = paths.filter((value, index) => paths.indexOf(value) !== index);
  if (twice.length > 0) {
    throw new Error(`The repository's files cannot be committed: ${[...new Set(twice)].join(', ')} named more than once; each path may be managed or seeded once.`);
  }
  return { repository: RepositoryName, branch: Branch, managed: Managed, seeded: Seeded, confirmedRemovals: ConfirmedRemovals, message: Message };
}

/**
 * Reads what an earlier request, which may have failed for being wrong, asked for.
 *
 * What cannot be read was never committed, so it is left out: a roll-back or a deletion must not fail on it.
 */
export function parseEarlierProperties(input: unknown): RepositoryFilesProperties {
  const { RepositoryName, Branch, Managed, Seeded, Message } = z.looseObject({}).catch({}).parse(input) as Record<string, unknown>;
  return {
    repository: z.string().catch('').parse(RepositoryName),
    branch: z.string().catch('').parse(Branch),
    managed: readable(Managed, managedFile),
    seeded: readable(Seeded, seededFile),
    confirmedRemovals: [],
    message: properties.shape.Message.catch('Update the files that GitOpsPipeline manages').parse(Message),
  };
}

function readable<T extends z.ZodType>(list: unknown, schema: T): z.infer<T>[] {
  const items = json(z.array(z.unknown())).safeParse(list);
  return items.success ? items.data.flatMap((item) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  }) : [];
}

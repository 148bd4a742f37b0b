import { z } from 'zod';

// Strict: a selection that is not understood here would be judged wrongly.
const Selection = z.discriminatedUnion('tagStatus', [
  z.strictObject({
    tagStatus: z.literal('tagged'),
    tagPrefixList: z.array(z.string()).min(1),
    countType: z.enum(['imageCountMoreThan', 'sinceImagePushed']),
    countNumber: z.number(),
    countUnit: z.literal('days').optional(),
  }),
  z.strictObject({
    tagStatus: z.enum(['untagged', 'any']),
    countType: z.enum(['imageCountMoreThan', 'sinceImagePushed']),
    countNumber: z.number(),
    countUnit: z.literal('days').optional(),
  }),
]);

const Policy = z.strictObject({
  rules: z.array(z.strictObject({
    rulePriority: z.number(),
    description: z.string().optional(),
    selection: Selection,
    action: z.strictObject({ type: z.literal('expire') }),
  })),
});

type Selection = z.infer<typeof Selection>;

/** What of an image its expiry depends on */
export interface StoredImage {
  readonly digest: string;
  readonly tags: string[];
  /** Milliseconds since the epoch. */
  readonly pushed: number;
}

const DAY = 24 * 3600_000;

/**
 * The digests that a lifecycle policy expires, after
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 *
 * Each rule looks at all images, as if none had been expired; an image that matches a rule's tags belongs to that rule
 * and is expired by no rule of a lower priority (a higher number). Several prefixes in one rule mean an image that has
 * tags of all of them.
 */
export function expired(policy: string, images: readonly StoredImage[], now: number): Set<string> {
  const { rules } = Policy.parse(JSON.parse(policy));
  const taken = new Set<string>();
  const gone = new Set<string>();
  for (const { selection } of [...rules].sort((a, b) => a.rulePriority - b.rulePriority)) {
    const matching = images.filter((image) => matches(selection, image));
    for (const image of overdue(selection, matching, now)) {
      if (!taken.has(image.digest)) gone.add(image.digest);
    }
    for (const { digest } of matching) taken.add(digest);
  }
  return gone;
}

function matches(selection: Selection, { tags }: StoredImage): boolean {
  switch (selection.tagStatus) {
    case 'any': return true;
    case 'untagged': return tags.length === 0;
    case 'tagged': return selection.tagPrefixList.every((prefix) => tags.some((tag) => tag.startsWith(prefix)));
  }
}

function overdue({ countType, countNumber }: Selection, images: StoredImage[], now: number): StoredImage[] {
  return countType === 'sinceImagePushed'
    ? images.filter(({ pushed }) => now - pushed > countNumber * DAY)
    : [...images].sort((a, b) => b.pushed - a.pushed).slice(countNumber);
}

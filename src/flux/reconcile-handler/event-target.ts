import { z } from 'zod';
import type { ObjectRef } from '../../kubernetes/kubernetes-api';

/** What this function answers for; everything else is refused. */
export interface ReconcileScope {
  readonly account: string;
  readonly region: string;
  readonly infrastructureRepository: string;
  readonly infrastructureBranch: string;
  /** Image repositories of the platform's own applications, `<prefix><application>`. */
  readonly imageRepositoriesPrefix: string;
  /** Image repositories that users brought, each with its application. */
  readonly imageRepositories: Readonly<Record<string, string>>;
}

/** The infrastructure repository has a new commit. */
export interface CommitTarget {
  readonly type: 'commit';
  readonly ref: ObjectRef;
  readonly commitId: string;
  /** What the branch was at before. */
  readonly oldCommitId?: string;
}

/** An image repository has a new tag that may be a promotion. */
export interface TagTarget {
  readonly type: 'tag';
  readonly ref: ObjectRef;
  readonly tag: string;
}

export type ReconcileTarget = CommitTarget | TagTarget;

/** The event is none of this function's, and would be none at the next try either. */
export interface Refusal {
  readonly type: 'refused';
  readonly reason: string;
}

const NAMESPACE = 'flux-system';
/** A build's tag decides nothing: promotions add their own. */
const BUILD_TAG_PREFIX = 'build-';

const commitId = z.string().regex(/^[0-9a-f]{40}$/, 'must be 40 hexadecimal digits');
const envelope = { account: z.string(), region: z.string() };
const codeCommitEvent = z.object({
  ...envelope,
  'source': z.literal('aws.codecommit'),
  'detail-type': z.literal('CodeCommit Repository State Change'),
  'detail': z.object({
    event: z.enum(['referenceCreated', 'referenceUpdated']),
    referenceType: z.literal('branch'),
    referenceName: z.string(),
    repositoryName: z.string(),
    commitId,
    oldCommitId: commitId.optional().catch(undefined),
  }),
});
const ecrEvent = z.object({
  ...envelope,
  'source': z.literal('aws.ecr'),
  'detail-type': z.literal('ECR Image Action'),
  'detail': z.object({
    'action-type': z.literal('PUSH'),
    'result': z.literal('SUCCESS'),
    'repository-name': z.string(),
    'image-tag': z.string().regex(/^\w[\w.-]{0,127}$/, 'must be an image tag'),
  }),
});
const fluxEvent = z.discriminatedUnion('source', [codeCommitEvent, ecrEvent], { error: 'must be aws.codecommit or aws.ecr' });
/** The names that Kubernetes takes, so that nothing of an event can reach another path of its API. */
const applicationName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

/** The Flux object that an event is about. */
export function eventTarget(event: unknown, scope: ReconcileScope): ReconcileTarget | Refusal {
  const parsed = fluxEvent.safeParse(event);
  if (!parsed.success) {
    return refuse(`not an event of a commit or an image: ${parsed.error.issues.map((issue) => `${issue.path.join('.') || 'event'} ${issue.message}`).join('; ')}`);
  }
  const { account, region } = parsed.data;
  if (account !== scope.account || region !== scope.region) {
    return refuse(`of account ${account} in ${region}, not of ${scope.account} in ${scope.region}`);
  }
  return parsed.data.source === 'aws.codecommit' ? commitTarget(parsed.data.detail, scope) : tagTarget(parsed.data.detail, scope);
}

function commitTarget(detail: z.infer<typeof codeCommitEvent>['detail'], scope: ReconcileScope): ReconcileTarget | Refusal {
  const { infrastructureRepository, infrastructureBranch } = scope;
  if (detail.repositoryName !== infrastructureRepository || detail.referenceName !== infrastructureBranch) {
    return refuse(`of branch "${detail.referenceName}" of repository "${detail.repositoryName}", not of "${infrastructureBranch}" of "${infrastructureRepository}"`);
  }
  return {
    type: 'commit',
    ref: { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', namespace: NAMESPACE, name: 'infrastructure' },
    commitId: detail.commitId,
    oldCommitId: detail.oldCommitId,
  };
}

function tagTarget(detail: z.infer<typeof ecrEvent>['detail'], scope: ReconcileScope): ReconcileTarget | Refusal {
  const repository = detail['repository-name'];
  const tag = detail['image-tag'];
  const application = applicationOf(repository, scope);
  if (application === undefined) {
    return refuse(`of image repository "${repository}", which is no application's of this platform`);
  }
  if (tag.startsWith(BUILD_TAG_PREFIX)) {
    return refuse(`of tag "${tag}", which a build made; only an environment's tag promotes`);
  }
  return {
    type: 'tag',
    ref: { apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImageRepository', namespace: NAMESPACE, name: application },
    tag,
  };
}

function applicationOf(repository: string, { imageRepositories, imageRepositoriesPrefix: prefix }: ReconcileScope): string | undefined {
  const name = Object.hasOwn(imageRepositories, repository) ? imageRepositories[repository]
    : prefix && repository.startsWith(prefix) ? repository.slice(prefix.length) : undefined;
  return applicationName.safeParse(name).data;
}

function refuse(reason: string): Refusal {
  return { type: 'refused', reason };
}

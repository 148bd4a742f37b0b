import {
  CodeCommitClient, CreateCommitCommand, CreateCommitCommandOutput, GetBranchCommand, GetFileCommand, GetFolderCommand,
} from '@aws-sdk/client-codecommit';
import { assertRepositoryPath } from './repository-path';
import { Clock, retry } from '../../kubernetes/retry';

/** What of a CodeCommit client is used. */
export type CodeCommit = Pick<CodeCommitClient, 'send'>;

/** A file's text at the commit that a change builds on; undefined where there is no such file. */
export type ReadFile = (path: string) => Promise<string | undefined>;

/** The commit that a change builds on. */
export interface Head {
  /** Undefined while the branch has no commit. */
  readonly commitId?: string;
  /** Whether an earlier part of the same change, too large for one commit, is committed already. */
  readonly continued: boolean;
  hasFolder(path: string): Promise<boolean>;
}

/** What the files shall be like. Files that are so already are left out of the commit. */
export interface Change {
  readonly put: readonly { readonly path: string; readonly content: string }[];
  readonly delete: readonly string[];
  readonly message: string;
}

export interface CommitFilesRequest {
  readonly repository: string;
  readonly branch: string;
  /**
   * Called with the newest commit, and again with a newer one whenever another commit came between,
   * so it must be a function of what it reads. Undefined means that there is nothing to do.
   */
  readonly change: (read: ReadFile, head: Head) => Promise<Change | undefined>;
  readonly author?: { readonly name: string; readonly email?: string };
  /** How often to begin again because another commit came between. @default 20 */
  readonly retries?: number;
  /** @default - the system's */
  readonly clock?: Clock;
}

export interface CommitFilesResult {
  /** The commit that holds the change: the new one, or the newest one where nothing had to change. */
  readonly commitId?: string;
  /** The commit before it. */
  readonly parentCommitId?: string;
  readonly changed: boolean;
}

/** The repository is not there. */
export class RepositoryNotFoundError extends Error {
  public override readonly name = 'RepositoryNotFoundError';
  constructor(repository: string) {
    super(`The CodeCommit repository "${repository}" does not exist; create it again under that name, or remove what refers to it.`);
  }
}

/** Far below CodeCommit's own quotas lies what one CloudFormation request can carry; only the number of files needs a bound. */
const FILES_PER_COMMIT = 100;

/** Answers that mean: somebody else's commit came first. */
const OUTDATED = new Set([
  'ParentCommitIdOutdatedException',
  'ConcurrentReferenceUpdateException',
  'ParentCommitIdRequiredException', // the branch got its first commit meanwhile
  'ParentCommitDoesNotExistException', // the branch was made anew meanwhile
]);
const UNCHANGED = new Set(['NoChangeException', 'SameFileContentException']);

/**
 * Commits a change on top of the newest commit of a branch.
 *
 * The parent is always named, so CodeCommit refuses a commit that would hide another; the change is then worked
 * out again from the newer commit. An empty repository gets its first commit and with it the branch.
 */
export async function commitFiles(client: CodeCommit, request: CommitFilesRequest): Promise<CommitFilesResult> {
  let parent: string | undefined;
  let continued = false;
  for (;;) {
    const part = await retry(() => commitOnce(client, request, continued), {
      pauses: pauses(request.retries ?? 20),
      isTransient: (error) => OUTDATED.has(nameOf(error)),
      clock: request.clock,
    });
    if (!continued) { parent = part.parentCommitId; }
    if (part.complete) {
      return { commitId: part.commitId, parentCommitId: parent, changed: continued || part.changed };
    }
    continued = true;
  }
}

/** Growing and random, so that applications of one deployment that commit at the same time do not meet again. */
function pauses(retries: number): number[] {
  return Array.from({ length: retries }, (_, attempt) => Math.min(3_000, 100 * 1.5 ** attempt) * (0.5 + Math.random()));
}

async function commitOnce(client: CodeCommit, request: CommitFilesRequest, continued: boolean): Promise<CommitFilesResult & { complete: boolean }> {
  const { repository, branch } = request;
  const parentCommitId = await newestCommit(client, repository, branch);
  const read = reader(client, repository, parentCommitId);
  const unchanged = { commitId: parentCommitId, parentCommitId, changed: false, complete: true };

  const change = await request.change(read, {
    commitId: parentCommitId,
    continued,
    hasFolder: (path) => hasFolder(client, repository, parentCommitId, path),
  });
  if (!change) { return unchanged; }
  const { put, remove, complete } = await difference(change, read);
  if (put.length + remove.length === 0) { return unchanged; }

  try {
    const { commitId } = await send<CreateCommitCommandOutput>(client, repository, new CreateCommitCommand({
      repositoryName: repository,
      branchName: branch,
      parentCommitId,
      putFiles: put.map(({ path, content }) => ({ filePath: path, fileContent: Buffer.from(content, 'utf8') })),
      deleteFiles: remove.map((filePath) => ({ filePath })),
      commitMessage: change.message,
      authorName: request.author?.name,
      email: request.author?.email,
    }));
    return { commitId, parentCommitId, changed: true, complete };
  } catch (error) {
    if (UNCHANGED.has(nameOf(error))) { return unchanged; }
    if (nameOf(error) === 'BranchDoesNotExistException') {
      throw new Error(`The CodeCommit repository "${repository}" has commits but no branch "${branch}"; create that branch, or name one that exists.`);
    }
    throw error;
  }
}

async function difference(change: Change, read: ReadFile) {
  [...change.put.map(({ path }) => path), ...change.delete].forEach(assertRepositoryPath);
  const put = (await each(change.put, async (file) => await read(file.path).catch(unreadable) === file.content ? [] : [file])).flat();
  const remove = (await each(change.delete, async (path) => await read(path).catch(unreadable) === undefined ? [] : [path])).flat();
  const firstPut = put.slice(0, FILES_PER_COMMIT);
  const firstRemove = remove.slice(0, FILES_PER_COMMIT - firstPut.length);
  return { put: firstPut, remove: firstRemove, complete: firstPut.length + firstRemove.length === put.length + remove.length };
}

/** A file that is no text differs from any text. */
function unreadable(error: unknown): null {
  if (error instanceof NotTextError) { return null; }
  throw error;
}

class NotTextError extends Error {}

function reader(client: CodeCommit, repository: string, commitId: string | undefined): ReadFile {
  const files = new Map<string, Promise<string | undefined>>();
  const fetch = async (filePath: string) => {
    assertRepositoryPath(filePath);
    if (!commitId) { return undefined; }
    const file = await unlessMissing('FileDoesNotExistException', () => send<{ fileContent?: Uint8Array }>(
      client, repository, new GetFileCommand({ repositoryName: repository, commitSpecifier: commitId, filePath })));
    if (!file) { return undefined; }
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.fileContent);
    } catch {
      throw new NotTextError(`The file "${filePath}" in the CodeCommit repository "${repository}" is not UTF-8 text; save it as UTF-8.`);
    }
  };
  return (path) => {
    const known = files.get(path) ?? fetch(path);
    files.set(path, known);
    return known;
  };
}

async function hasFolder(client: CodeCommit, repository: string, commitId: string | undefined, path: string): Promise<boolean> {
  if (!commitId) { return false; }
  return await unlessMissing('FolderDoesNotExistException', () => send<object>(
    client, repository, new GetFolderCommand({ repositoryName: repository, commitSpecifier: commitId, folderPath: path }))) !== undefined;
}

async function newestCommit(client: CodeCommit, repository: string, branch: string): Promise<string | undefined> {
  const answer = await unlessMissing('BranchDoesNotExistException', () => send<{ branch?: { commitId?: string } }>(
    client, repository, new GetBranchCommand({ repositoryName: repository, branchName: branch })));
  return answer?.branch?.commitId;
}

async function send<Output>(client: CodeCommit, repository: string, command: unknown): Promise<Output> {
  try {
    return await (client.send as (command: unknown) => Promise<Output>).call(client, command);
  } catch (error) {
    throw nameOf(error) === 'RepositoryDoesNotExistException' ? new RepositoryNotFoundError(repository) : error;
  }
}

async function unlessMissing<T>(exception: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (nameOf(error) === exception) { return undefined; }
    throw error;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** A few at a time: CodeCommit throttles bursts. */
async function each<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += 8) {
    results.push(...await Promise.all(items.slice(start, start + 8).map(task)));
  }
  return results;
}

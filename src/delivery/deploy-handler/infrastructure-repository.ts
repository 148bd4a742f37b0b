import { GetBranchCommand, GetBranchCommandOutput, GetCommitCommand, GetCommitCommandOutput, GetFileCommand, GetFileCommandOutput } from '@aws-sdk/client-codecommit';
import { oneLine, Refusal } from './refusal';
import { MANAGER } from '../../flux/manifests/names';
import { Clock } from '../../kubernetes/retry';
import { Change, CodeCommit, commitFiles, ReadFile, RepositoryNotFoundError } from '../../source/repository-files-handler/commit';

/** A commit, as far as deployments need it. */
export interface Commit {
  readonly id: string;
  readonly parents: string[];
  /** Milliseconds; absent where CodeCommit gives none that can be read. */
  readonly date?: number;
  readonly author: string;
  readonly message: string;
}

/** The branch that Flux follows. */
export class InfrastructureRepository {
  constructor(private readonly client: CodeCommit, readonly name: string, private readonly branch: string, private readonly clock: Clock) {}

  async head(): Promise<string> {
    const { branch } = await this.unless<GetBranchCommandOutput>(
      { BranchDoesNotExistException: this.withoutCommit() },
      new GetBranchCommand({ repositoryName: this.name, branchName: this.branch }));
    return branch!.commitId!;
  }

  /** Undefined where the commit has no such file, or is no longer there. */
  async file(commit: string, path: string): Promise<string | undefined> {
    try {
      const { fileContent } = await this.unless<GetFileCommandOutput>({}, new GetFileCommand({
        repositoryName: this.name, commitSpecifier: commit, filePath: path,
      }));
      return new TextDecoder().decode(fileContent);
    } catch (error) {
      if (error instanceof Error && ['FileDoesNotExistException', 'CommitDoesNotExistException'].includes(error.name)) { return undefined; }
      throw error;
    }
  }

  async commit(id: string): Promise<Commit> {
    const { commit } = await this.unless<GetCommitCommandOutput>({}, new GetCommitCommand({ repositoryName: this.name, commitId: id }));
    return {
      id,
      parents: commit?.parents ?? [],
      date: dateOf(commit?.committer?.date),
      author: oneLine(commit?.author?.name ?? '', 80) || 'somebody',
      message: commit?.message ?? '',
    };
  }

  /**
   * Newest first, along every parent: after a person's merge our own commits are on the second one.
   *
   * @param isOld whether what lies before a commit is of no interest
   */
  async* history(from: string, limit: number, isOld: (commit: Commit) => boolean = () => false): AsyncGenerator<Commit> {
    const known = new Set([from]);
    const queue = [from];
    for (let count = 0; count < limit && queue.length > 0; count++) {
      const commit = await this.commit(queue.shift()!);
      yield commit;
      if (isOld(commit)) { continue; }
      for (const parent of commit.parents.filter((id) => !known.has(id))) {
        known.add(parent);
        queue.push(parent);
      }
    }
  }

  /** Commits on top of the newest commit; `change` is asked again whenever another commit came between. */
  async change(change: (read: ReadFile, head: string) => Promise<Change | undefined>): Promise<string> {
    try {
      const { commitId } = await commitFiles(this.client, {
        repository: this.name,
        branch: this.branch,
        author: { name: MANAGER },
        clock: this.clock,
        change: (read, head) => {
          if (!head.commitId) { throw new Refusal(this.withoutCommit()); }
          return change(read, head.commitId);
        },
      });
      return commitId!;
    } catch (error) {
      throw error instanceof RepositoryNotFoundError ? new Refusal(error.message) : error;
    }
  }

  private withoutCommit(): string {
    return `The infrastructure repository "${this.name}" has no commit on the branch "${this.branch}"; deploy the platform's stack, which writes the first one.`;
  }

  private async unless<Output>(refusals: Record<string, string>, command: object): Promise<Output> {
    try {
      return await (this.client.send as (command: object) => Promise<Output>).call(this.client, command);
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (name === 'RepositoryDoesNotExistException') { throw new Refusal(new RepositoryNotFoundError(this.name).message); }
      if (refusals[name]) { throw new Refusal(refusals[name]); }
      throw error;
    }
  }
}

/** CodeCommit writes dates as Git does: seconds, then the time zone. */
function dateOf(date: string | undefined): number | undefined {
  const seconds = /^(\d+)( [+-]\d{4})?$/.exec(date ?? '')?.[1];
  return seconds ? Number(seconds) * 1000 : Date.parse(date ?? '') || undefined;
}

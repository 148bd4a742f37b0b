import { AwsError } from '../contracts';
import { Repositories } from './repositories';
import { NO_COMMIT, Repository, TreeEntry } from './repository';

const MODES: Record<string, string> = { NORMAL: '100644', EXECUTABLE: '100755', SYMLINK: '120000' };
const MAX_FILE = 6 * 1024 * 1024;
const MAX_ENTRIES = 100;

export interface FileChange { path: string; mode?: string; blob?: string; before?: TreeEntry }

/** `CreateCommit`, with its exceptions in the order in which CodeCommit finds them */
export async function createCommit(repositories: Repositories, input: any, principal: string): Promise<any> {
  const repository = repositories.get(input.repositoryName);
  const parent = await parentOf(repository, input);
  const changes = await changesOf(repository, parent, input);
  const { commit, tree } = await commitChanges(repositories, repository, input, parent, changes, principal);
  const file = (change: FileChange) => ({
    absolutePath: change.path, blobId: change.blob ?? change.before?.id, fileMode: modeName(change.mode ?? change.before!.mode),
  });
  return {
    commitId: commit,
    treeId: tree,
    filesAdded: changes.filter(change => change.blob && !change.before).map(file),
    filesUpdated: changes.filter(change => change.blob && change.before).map(file),
    filesDeleted: changes.filter(change => !change.blob).map(file),
  };
}

/** Writes the commit and says so; the branch's head must still be the parent. */
export async function commitChanges(
  repositories: Repositories, repository: Repository, input: any, parent: string | undefined, changes: FileChange[], principal: string,
): Promise<{ commit: string; tree: string }> {
  const tree = await repository.tree(parent, changes);
  if (parent && await repository.resolve(parent, 'tree') === tree) {
    throw new AwsError('NoChangeException', 'The commit cannot be created because no changes will be made to the repository as a result of this commit. A commit must contain at least one change.');
  }
  const author = { name: input.authorName ?? input.name ?? principal.split('/').pop()!, email: input.email ?? '' };
  const commit = await repository.commit(input.branchName, tree, parent, input.commitMessage ?? 'Edited files', author);
  if (!commit) throw outdated();
  await repositories.announce({ repository, reference: `refs/heads/${input.branchName}`, from: parent ?? NO_COMMIT, to: commit, principal });
  return { commit, tree };
}

/** The branch's head, when the caller named it as the parent. */
export async function parentOf(repository: Repository, input: any): Promise<string | undefined> {
  if (!input.branchName) throw new AwsError('BranchNameRequiredException', 'A branch name is required, but was not specified.');
  const branches = await repository.branches();
  if (branches.length === 0) {
    if (input.parentCommitId) {
      throw new AwsError('ParentCommitDoesNotExistException', 'The parent commit ID is not valid because it does not exist. The repository is empty.');
    }
    return undefined;
  }
  const head = await repository.branch(input.branchName);
  if (!head) throw new AwsError('BranchDoesNotExistException', `The branch ${input.branchName} does not exist`);
  if (!input.parentCommitId) throw new AwsError('ParentCommitIdRequiredException', 'A parent commit ID is required, since the repository is not empty.');
  if (!/^[0-9a-f]{40}$/.test(input.parentCommitId)) throw new AwsError('InvalidParentCommitIdException', 'The parent commit ID is not valid. It must be a full commit ID.');
  if (input.parentCommitId !== head) {
    if (!await repository.resolve(input.parentCommitId)) {
      throw new AwsError('ParentCommitDoesNotExistException', 'The parent commit ID is not valid because it does not exist.');
    }
    throw outdated();
  }
  return head;
}

function outdated(): AwsError {
  return new AwsError('ParentCommitIdOutdatedException', 'The file could not be added because the provided parent commit ID is not the current tip of the specified branch.');
}

async function changesOf(repository: Repository, parent: string | undefined, input: any): Promise<FileChange[]> {
  const puts: any[] = input.putFiles ?? [];
  const deletes: any[] = input.deleteFiles ?? [];
  const modes: any[] = input.setFileModes ?? [];
  const paths = [...puts, ...deletes, ...modes].map(entry => checkedPath(entry.filePath));
  if (paths.length === 0) {
    throw new AwsError('FileEntryRequiredException', 'The commit cannot be created because no files have been specified as added, updated, or changed.');
  }
  if (paths.length > MAX_ENTRIES) {
    throw new AwsError('MaximumFileEntriesExceededException', `The number of specified files to change exceeds the maximum of ${MAX_ENTRIES} that can be changed in a single commit.`);
  }
  if (new Set(paths).size < paths.length) {
    throw new AwsError('SamePathRequestException', 'The commit cannot be created because one or more changes in this commit duplicate actions in the same file path.');
  }
  if (puts.some(a => puts.some(b => String(b.filePath).startsWith(`${a.filePath}/`)))) {
    throw new AwsError('PutFileEntryConflictException', 'The commit cannot be created because one or more files specified in the commit reference both a file and a folder.');
  }
  const changes: FileChange[] = [];
  for (const put of puts) changes.push(...await putOf(repository, parent, put));
  if (changes.length > 1 && changes.some(unchanged) && !changes.every(unchanged)) {
    throw new AwsError('SameFileContentException', `The content of ${changes.find(unchanged)!.path} is exactly the same as in the branch.`);
  }
  for (const { filePath } of deletes) changes.push({ path: filePath, before: await existing(repository, parent, filePath) });
  for (const { filePath, fileMode } of modes) {
    const before = await existing(repository, parent, filePath);
    changes.push({ path: filePath, before, blob: before.id, mode: modeOf(fileMode) });
  }
  return changes;
}

export function unchanged(change: FileChange): boolean {
  return change.blob === change.before?.id && change.mode === change.before?.mode;
}

export async function putOf(repository: Repository, parent: string | undefined, put: any): Promise<FileChange[]> {
  const path = checkedPath(put.filePath);
  const before = parent ? await repository.entry(parent, path) : undefined;
  if (before?.type === 'tree') throw new AwsError('FileNameConflictsWithDirectoryNameException', `The file name ${path} is the name of a directory in this repository.`);
  if (before?.type === 'commit') throw new AwsError('FilePathConflictsWithSubmodulePathException', `The path ${path} points to a submodule.`);
  if (parent) {
    for (let folder = path; folder.includes('/');) {
      folder = folder.slice(0, folder.lastIndexOf('/'));
      if ((await repository.entry(parent, folder))?.type === 'blob') {
        throw new AwsError('DirectoryNameConflictsWithFileNameException', `A file cannot be added at ${path} because ${folder} is a file.`);
      }
    }
  }
  if (put.fileContent !== undefined && put.sourceFile) {
    throw new AwsError('FileContentAndSourceFileSpecifiedException', `Both a source file and file content have been specified for ${path}.`);
  }
  if (put.sourceFile) {
    const source = await existing(repository, parent, put.sourceFile.filePath);
    const copied = { path, before, blob: source.id, mode: put.fileMode ? modeOf(put.fileMode) : source.mode };
    return put.sourceFile.isMove ? [copied, { path: source.path, before: source }] : [copied];
  }
  if (put.fileContent === undefined) throw new AwsError('SourceFileOrContentRequiredException', `No source file or file content has been specified for ${path}.`);
  const content = Buffer.from(put.fileContent, 'base64');
  if (content.length > MAX_FILE) throw new AwsError('FileContentSizeLimitExceededException', `${path} is too large. The maximum file size is 6 MB.`);
  return [{ path, before, blob: await repository.store(content), mode: put.fileMode ? modeOf(put.fileMode) : before?.mode ?? MODES.NORMAL }];
}

export async function existing(repository: Repository, commit: string | undefined, path: string): Promise<TreeEntry> {
  const entry = commit ? await repository.entry(commit, checkedPath(path)) : undefined;
  if (entry?.type !== 'blob') throw new AwsError('FileDoesNotExistException', `The file ${path} does not exist.`);
  return entry;
}

export function checkedPath(path: unknown): string {
  if (typeof path !== 'string' || path === '') throw new AwsError('PathRequiredException', 'The filePath for a location cannot be null.');
  if (path.startsWith('/') || path.endsWith('/') || path.split('/').some(part => part === '' || part === '.' || part === '..' || part === '.git')) {
    throw new AwsError('InvalidPathException', `The path ${path} is not valid.`);
  }
  return path;
}

export function modeName(mode: string): string {
  return Object.keys(MODES).find(name => MODES[name] === mode) ?? 'NORMAL';
}

function modeOf(name: string): string {
  if (!MODES[name]) throw new AwsError('InvalidFileModeException', `The file mode ${name} is not valid. Valid values are ${Object.keys(MODES).join(', ')}.`);
  return MODES[name];
}

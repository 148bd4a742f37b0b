import { AwsError, Check, ServiceCall, ServiceEnd } from '../contracts';
import { describeCommit } from './commits';
import { checkedPath, commitChanges, createCommit, existing, modeName, parentOf, putOf, unchanged } from './create-commit';
import { accessOf, keyChecks } from './key-checks';
import { Repositories } from './repositories';
import { NO_COMMIT, Repository } from './repository';

type Operation = (input: any, principal: string) => Promise<any>;

/** Stands in for CodeCommit's API, over the same bare repositories that Git reads and writes; after its API reference. */
export class CodeCommitService implements ServiceEnd {
  private readonly operations: Record<string, Operation> = {
    GetRepository: async input => ({ repositoryMetadata: await this.metadata(this.repositories.get(input.repositoryName)) }),
    BatchGetRepositories: input => this.batchGetRepositories(input),
    ListRepositories: async () => ({ repositories: this.repositories.all().map(({ name, id }) => ({ repositoryName: name, repositoryId: id })) }),
    GetBranch: input => this.getBranch(input),
    ListBranches: async input => ({ branches: await this.repositories.get(input.repositoryName).branches() }),
    CreateBranch: (input, principal) => this.createBranch(input, principal),
    DeleteBranch: (input, principal) => this.deleteBranch(input, principal),
    UpdateDefaultBranch: input => this.updateDefaultBranch(input),
    GetCommit: input => this.getCommit(input),
    BatchGetCommits: input => this.batchGetCommits(input),
    GetFile: input => this.getFile(input),
    GetFolder: input => this.getFolder(input),
    GetBlob: input => this.getBlob(input),
    GetDifferences: input => this.getDifferences(input),
    CreateCommit: (input, principal) => createCommit(this.repositories, input, principal),
    PutFile: (input, principal) => this.putFile(input, principal),
    DeleteFile: (input, principal) => this.deleteFile(input, principal),
  };

  constructor(private readonly repositories: Repositories) {}

  public furtherChecks({ operation, input }: Pick<ServiceCall, 'operation' | 'input'>): Check[] {
    const access = accessOf(operation);
    return access ? keyChecks(this.repositories.find(input.repositoryName), access) : [];
  }

  public async handle({ operation, input, principal }: ServiceCall): Promise<any> {
    const run = this.operations[operation];
    if (!run) throw new AwsError('UnknownOperationException', `The sandbox's CodeCommit does not play ${operation}; it plays ${Object.keys(this.operations).join(', ')}.`);
    return run(input, principal);
  }

  private async metadata(repository: Repository): Promise<any> {
    return repository.metadata(await repository.defaultBranch());
  }

  private async batchGetRepositories(input: any): Promise<any> {
    const names: string[] = input.repositoryNames ?? [];
    const known = this.repositories.all().filter(({ name }) => names.includes(name));
    return {
      repositories: await Promise.all(known.map(async repository => this.metadata(repository))),
      repositoriesNotFound: names.filter(name => !known.some(repository => repository.name === name)),
      errors: [],
    };
  }

  private async head(repository: Repository, branchName: string | undefined): Promise<string> {
    if (!branchName) throw new AwsError('BranchNameRequiredException', 'A branch name is required, but was not specified.');
    const head = await repository.branch(branchName);
    if (!head) throw new AwsError('BranchDoesNotExistException', `The branch ${branchName} does not exist`);
    return head;
  }

  private async getBranch(input: any): Promise<any> {
    const commitId = await this.head(this.repositories.get(input.repositoryName), input.branchName);
    return { branch: { branchName: input.branchName, commitId } };
  }

  private async createBranch(input: any, principal: string): Promise<void> {
    const repository = this.repositories.get(input.repositoryName);
    if (!input.commitId) throw new AwsError('CommitIdRequiredException', 'A commit ID was not specified.');
    const to = await repository.resolve(input.commitId);
    if (!to) throw new AwsError('CommitDoesNotExistException', `The commit ${input.commitId} does not exist`);
    if (!await repository.moveBranch(input.branchName, to, NO_COMMIT)) throw new AwsError('BranchNameExistsException', `The branch ${input.branchName} already exists`);
    await this.repositories.announce({ repository, reference: `refs/heads/${input.branchName}`, from: NO_COMMIT, to, principal });
  }

  private async deleteBranch(input: any, principal: string): Promise<any> {
    const repository = this.repositories.get(input.repositoryName);
    const from = await repository.branch(input.branchName);
    if (!from) return {};
    if (input.branchName === await repository.defaultBranch()) throw new AwsError('DefaultBranchCannotBeDeletedException', `The branch ${input.branchName} is the default branch and cannot be deleted`);
    await repository.moveBranch(input.branchName, NO_COMMIT, from);
    await this.repositories.announce({ repository, reference: `refs/heads/${input.branchName}`, from, to: NO_COMMIT, principal });
    return { deletedBranch: { branchName: input.branchName, commitId: from } };
  }

  private async updateDefaultBranch(input: any): Promise<void> {
    const repository = this.repositories.get(input.repositoryName);
    await this.head(repository, input.defaultBranchName);
    await repository.setDefaultBranch(input.defaultBranchName);
  }

  private async getCommit(input: any): Promise<any> {
    const repository = this.repositories.get(input.repositoryName);
    if (!input.commitId) throw new AwsError('CommitIdRequiredException', 'A commit ID was not specified.');
    const commit = /^[0-9a-f]{40}$/.test(input.commitId) ? await repository.resolve(input.commitId) : undefined;
    if (!commit) throw new AwsError('CommitIdDoesNotExistException', `The commit ${input.commitId} does not exist`);
    return { commit: await describeCommit(repository, commit) };
  }

  private async batchGetCommits(input: any): Promise<any> {
    const repository = this.repositories.get(input.repositoryName);
    const ids: string[] = input.commitIds ?? [];
    if (ids.length === 0) throw new AwsError('CommitIdsListRequiredException', 'A list of commit IDs is required, but was either not specified or the list was empty.');
    const found = await Promise.all(ids.map(async id => ({ id, commit: await repository.resolve(id) })));
    return {
      commits: await Promise.all(found.filter(({ commit }) => commit).map(async ({ commit }) => describeCommit(repository, commit!))),
      errors: found.filter(({ commit }) => !commit)
        .map(({ id }) => ({ commitId: id, errorCode: 'CommitDoesNotExistException', errorMessage: `The commit ${id} does not exist` })),
    };
  }

  /** A branch, a tag, a full reference or a commit id; the default branch when there is none. */
  private async specified(repository: Repository, specifier: string | undefined): Promise<string> {
    const commit = await repository.resolve(specifier ?? 'HEAD');
    if (!commit) throw new AwsError('CommitDoesNotExistException', `The commit ${specifier ?? 'of the default branch'} does not exist`);
    return commit;
  }

  private async getFile(input: any): Promise<any> {
    const repository = this.repositories.get(input.repositoryName);
    const commitId = await this.specified(repository, input.commitSpecifier);
    const entry = await existing(repository, commitId, input.filePath);
    const content = await repository.read(entry.id);
    return {
      commitId, blobId: entry.id, filePath: input.filePath, fileMode: modeName(entry.mode), fileSize: content.length, fileContent: content.toString('base64'),
    };
  }

  private async getFolder(input: any): Promise<any> {
    const repository = this.repositories.get(input.repositoryName);
    const commitId = await this.specified(repository, input.commitSpecifier);
    if (input.folderPath === undefined) throw new AwsError('PathRequiredException', 'The folderPath for a location cannot be null.');
    const folder = String(input.folderPath).replace(/^\/+|\/+$/g, '');
    if (folder) checkedPath(folder);
    const treeId = await repository.treeAt(commitId, folder);
    if (!treeId) throw new AwsError('FolderDoesNotExistException', `The folder ${input.folderPath} does not exist`);
    const entries = (await repository.list(treeId)).map(entry => ({ ...entry, absolutePath: folder ? `${folder}/${entry.path}` : entry.path, relativePath: entry.path }));
    const files = (mode: (mode: string) => boolean) => entries.filter(entry => entry.type === 'blob' && mode(entry.mode))
      .map(({ id, absolutePath, relativePath, mode: fileMode }) => ({ blobId: id, absolutePath, relativePath, fileMode: modeName(fileMode) }));
    return {
      commitId,
      folderPath: folder,
      treeId,
      subFolders: entries.filter(entry => entry.type === 'tree').map(({ id, absolutePath, relativePath }) => ({ treeId: id, absolutePath, relativePath })),
      files: files(mode => mode !== '120000'),
      symbolicLinks: files(mode => mode === '120000'),
      subModules: entries.filter(entry => entry.type === 'commit').map(({ id, absolutePath, relativePath }) => ({ commitId: id, absolutePath, relativePath })),
    };
  }

  private async getBlob(input: any): Promise<any> {
    const repository = this.repositories.get(input.repositoryName);
    const blob = await repository.resolve(String(input.blobId), 'blob');
    if (!blob) throw new AwsError('BlobIdDoesNotExistException', `The blob ${input.blobId} does not exist`);
    return { content: (await repository.read(blob)).toString('base64') };
  }

  private async getDifferences(input: any): Promise<any> {
    const repository = this.repositories.get(input.repositoryName);
    if (!input.afterCommitSpecifier) throw new AwsError('CommitRequiredException', 'A commit was not specified.');
    const before = input.beforeCommitSpecifier ? await this.specified(repository, input.beforeCommitSpecifier) : undefined;
    const after = await this.specified(repository, input.afterCommitSpecifier);
    const within = (path: string, folder?: string) => !folder || path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`);
    const side = (entry?: { id: string; path: string; mode: string }) => entry && { blobId: entry.id, path: entry.path, mode: entry.mode };
    const all = (await repository.differences(before, after))
      .filter(({ path }) => within(path, input.afterPath) || (input.beforePath && within(path, input.beforePath)))
      .map(change => ({ beforeBlob: side(change.before), afterBlob: side(change.after), changeType: !change.before ? 'A' : !change.after ? 'D' : 'M' }));
    const start = Number(input.NextToken ?? 0);
    const end = start + (input.MaxResults ?? 100);
    return { differences: all.slice(start, end), NextToken: end < all.length ? String(end) : undefined };
  }

  private async putFile(input: any, principal: string): Promise<any> {
    const repository = this.repositories.get(input.repositoryName);
    const parent = await parentOf(repository, input);
    if (input.fileContent === undefined) throw new AwsError('FileContentRequiredException', 'The file cannot be added because it is empty.');
    const changes = await putOf(repository, parent, input);
    if (changes.every(unchanged)) throw new AwsError('SameFileContentException', 'The file was not added or updated because the content of the file is exactly the same as the content of that file in the repository and branch that you specified.');
    const { commit, tree } = await commitChanges(this.repositories, repository, input, parent, changes, principal);
    return { commitId: commit, blobId: changes[0].blob, treeId: tree };
  }

  private async deleteFile(input: any, principal: string): Promise<any> {
    const repository = this.repositories.get(input.repositoryName);
    const parent = await parentOf(repository, input);
    const before = await existing(repository, parent, input.filePath);
    const { commit, tree } = await commitChanges(this.repositories, repository, input, parent, [{ path: input.filePath, before }], principal);
    return { commitId: commit, blobId: before.id, treeId: tree, filePath: input.filePath };
  }
}

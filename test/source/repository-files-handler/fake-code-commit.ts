import * as sdk from '@aws-sdk/client-codecommit';
import type { CodeCommit } from '../../../src/source/repository-files-handler/commit';

type Tree = ReadonlyMap<string, Buffer>;

export interface FakeCommit {
  readonly id: string;
  readonly parent?: string;
  readonly tree: Tree;
  readonly message?: string;
  readonly author?: string;
}

/** CodeCommit with one repository in memory: the same answers and the same refusals. */
export class FakeCodeCommit implements CodeCommit {
  public readonly requests: { operation: string; input: any }[] = [];
  public readonly commits = new Map<string, FakeCommit>();
  public readonly branches = new Map<string, string>();
  public exists = true;
  /** Called before each request, e.g. to let somebody push in between. */
  public beforeRequest?: (operation: string, input: any) => void;

  constructor(public readonly repository: string = 'infrastructure') {}

  public async send(command: any): Promise<any> {
    const operation = command.constructor.name.replace(/Command$/, '');
    const { input } = command;
    await new Promise(setImmediate);
    this.beforeRequest?.(operation, input);
    this.requests.push({ operation, input });
    if (!this.exists || input.repositoryName !== this.repository) { fail('RepositoryDoesNotExistException'); }
    switch (operation) {
      case 'GetBranch': return { branch: { branchName: input.branchName, commitId: this.branch(input.branchName) } };
      case 'GetFile': return this.getFile(input);
      case 'GetFolder': return this.getFolder(input);
      case 'CreateCommit': return this.createCommit(input);
      default: throw new Error(`No ${operation} here`);
    }
  }

  /** What a person pushes with Git: never refused here, since they fetch first. */
  public push(branch: string, edit: (files: Map<string, Buffer>) => void, message = 'a person\'s'): string {
    const parent = this.branches.get(branch);
    const tree = new Map(parent ? this.commits.get(parent)!.tree : []);
    edit(tree);
    return this.add(branch, { parent, tree, message, author: 'person' });
  }

  public write(branch: string, files: Record<string, string>): string {
    return this.push(branch, (tree) => Object.entries(files).forEach(([path, content]) => tree.set(path, Buffer.from(content))));
  }

  public remove(branch: string, ...paths: string[]): string {
    return this.push(branch, (tree) => paths.forEach((path) => tree.delete(path)));
  }

  public files(branch = 'main'): Record<string, string> {
    const head = this.branches.get(branch);
    return head ? Object.fromEntries([...this.commits.get(head)!.tree].map(([path, content]) => [path, content.toString()])) : {};
  }

  /** Newest first. */
  public log(branch = 'main'): FakeCommit[] {
    const log: FakeCommit[] = [];
    for (let id = this.branches.get(branch); id; id = this.commits.get(id)!.parent) { log.push(this.commits.get(id)!); }
    return log;
  }

  private add(branch: string, commit: Omit<FakeCommit, 'id'>): string {
    const id = (this.commits.size + 1).toString(16).padStart(40, '0');
    this.commits.set(id, { id, ...commit });
    this.branches.set(branch, id);
    return id;
  }

  private branch(name: string): string {
    return this.branches.get(name) ?? fail('BranchDoesNotExistException');
  }

  private tree(commitSpecifier: string): Tree {
    return (this.commits.get(commitSpecifier) ?? fail('CommitDoesNotExistException')).tree;
  }

  private getFile({ commitSpecifier, filePath }: sdk.GetFileInput) {
    return { filePath, fileContent: this.tree(commitSpecifier!).get(filePath!) ?? fail('FileDoesNotExistException') };
  }

  private getFolder({ commitSpecifier, folderPath }: sdk.GetFolderInput) {
    const prefix = folderPath === '/' ? '' : `${folderPath}/`;
    const paths = [...this.tree(commitSpecifier!).keys()].filter((path) => path.startsWith(prefix));
    return paths.length > 0 ? { folderPath } : fail('FolderDoesNotExistException');
  }

  private createCommit({ branchName, parentCommitId, putFiles = [], deleteFiles = [], commitMessage, authorName }: sdk.CreateCommitInput) {
    const head = this.branches.get(branchName!);
    if (putFiles.length + deleteFiles.length === 0) { fail('FileEntryRequiredException'); }
    if (putFiles.length + deleteFiles.length > 100) { fail('MaximumFileEntriesExceededException'); }
    if (!head && this.branches.size > 0) { fail('BranchDoesNotExistException'); }
    if (head && !parentCommitId) { fail('ParentCommitIdRequiredException'); }
    if (parentCommitId && !this.commits.has(parentCommitId)) { fail('ParentCommitDoesNotExistException'); }
    if (head !== parentCommitId) { fail('ParentCommitIdOutdatedException'); }
    const tree = new Map(head ? this.commits.get(head)!.tree : []);
    const touched = [...putFiles, ...deleteFiles].map(({ filePath }) => filePath!);
    if (new Set(touched).size < touched.length) { fail('SamePathRequestException'); }
    for (const path of touched) {
      if (path.startsWith('/') || path.split('/').some((name) => ['', '.', '..', '.git'].includes(name))) { fail('InvalidPathException'); }
    }
    for (const { filePath } of deleteFiles) {
      if (!tree.delete(filePath!)) { fail('FileDoesNotExistException'); }
    }
    for (const { filePath, fileContent } of putFiles) {
      if (tree.get(filePath!)?.equals(fileContent!)) { fail('SameFileContentException'); }
      if ([...tree.keys()].some((path) => path.startsWith(`${filePath}/`))) { fail('FileNameConflictsWithDirectoryNameException'); }
      if ([...tree.keys()].some((path) => filePath!.startsWith(`${path}/`))) { fail('DirectoryNameConflictsWithFileNameException'); }
      tree.set(filePath!, Buffer.from(fileContent!));
    }
    return { commitId: this.add(branchName!, { parent: head, tree, message: commitMessage, author: authorName }) };
  }
}

function fail(name: keyof typeof sdk & `${string}Exception`): never {
  const Exception = sdk[name] as new (options: { message: string; $metadata: object }) => Error;
  throw new Exception({ message: `${name} of the fake`, $metadata: {} });
}

/** Time that passes at once. */
export const noWait = { now: () => 0, sleep: async () => {} };

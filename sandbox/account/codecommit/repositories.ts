import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsError } from '../contracts';
import { NO_COMMIT, Repository } from './repository';

/** A branch or tag that was created, moved or deleted */
export interface ReferenceChange { repository: Repository; reference: string; from: string; to: string; principal: string }

type PutEvent = (event: { 'source': string; 'detail-type': string; 'resources': string[]; 'detail': any }) => Promise<void>;

/** Every repository of the account, and the events about them */
export class Repositories {
  public readonly root: string;
  private readonly byName = new Map<string, Repository>();

  constructor(dir: string, private readonly putEvent: PutEvent) {
    this.root = join(dir, 'git');
  }

  public get(name: string | undefined): Repository {
    if (!name) throw new AwsError('RepositoryNameRequiredException', 'A repository name is required, but was not specified.');
    const repository = this.byName.get(name);
    if (!repository) throw new AwsError('RepositoryDoesNotExistException', `${name} does not exist`);
    return repository;
  }

  public find(name: string): Repository | undefined {
    return this.byName.get(name);
  }

  public all(): Repository[] {
    return [...this.byName.values()];
  }

  public async create(name: string, description?: string, kmsKeyId?: string): Promise<Repository> {
    if (!/^[\w.-]{1,100}$/.test(name) || name.endsWith('.git')) {
      throw new AwsError('InvalidRepositoryNameException', `The repository name ${name} is not valid. Repository names can be up to 100 of the characters A-Z, a-z, 0-9, ".", "_" and "-", and cannot end in ".git".`);
    }
    if (this.byName.has(name)) throw new AwsError('RepositoryNameExistsException', `Repository named ${name} already exists`);
    await mkdir(this.root, { recursive: true });
    const repository = await Repository.create(this.root, name, description, kmsKeyId);
    this.byName.set(name, repository);
    return repository;
  }

  public async rename(repository: Repository, name: string): Promise<void> {
    if (this.byName.has(name)) throw new AwsError('RepositoryNameExistsException', `Repository named ${name} already exists`);
    const directory = join(this.root, `${name}.git`);
    await rename(repository.directory, directory);
    this.byName.delete(repository.name);
    Object.assign(repository, { name, directory });
    this.byName.set(name, repository);
  }

  public async remove(name: string): Promise<void> {
    const repository = this.byName.get(name);
    this.byName.delete(name);
    await repository?.remove();
  }

  /** Emits what CodeCommit emits for a change of a reference. */
  public async announce({ repository, reference, from, to, principal }: ReferenceChange): Promise<void> {
    repository.modified = Date.now() / 1000;
    const event = from === NO_COMMIT ? 'referenceCreated' : to === NO_COMMIT ? 'referenceDeleted' : 'referenceUpdated';
    await this.putEvent({
      'source': 'aws.codecommit',
      'detail-type': 'CodeCommit Repository State Change',
      'resources': [repository.arn],
      'detail': {
        event,
        repositoryName: repository.name,
        repositoryId: repository.id,
        referenceType: reference.startsWith('refs/tags/') ? 'tag' : 'branch',
        referenceName: reference.replace(/^refs\/(heads|tags)\//, ''),
        referenceFullName: reference,
        callerUserArn: principal,
        ...to === NO_COMMIT ? {} : { commitId: to },
        ...from === NO_COMMIT ? {} : { oldCommitId: from },
      },
    });
  }
}

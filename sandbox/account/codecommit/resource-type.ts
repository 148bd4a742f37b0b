import AdmZip from 'adm-zip';
import { Resource, ResourceType } from '../contracts';
import { Repositories } from './repositories';
import { NO_COMMIT, Repository } from './repository';

type ReadObject = (bucket: string, key: string) => Promise<Buffer>;

/** AWS::CodeCommit::Repository */
export class RepositoryType implements ResourceType {
  constructor(private readonly repositories: Repositories, private readonly readObject: ReadObject) {}

  public async create(_logicalId: string, props: any): Promise<Resource> {
    const repository = await this.repositories.create(props.RepositoryName, props.RepositoryDescription, props.KmsKeyId);
    if (props.Code) await this.seed(repository, props.Code);
    return resource(repository);
  }

  public async update(id: string, _oldProps: any, props: any): Promise<Resource> {
    const repository = this.byId(id)!;
    if (repository.name !== props.RepositoryName) await this.repositories.rename(repository, props.RepositoryName);
    Object.assign(repository, { description: props.RepositoryDescription, kmsKeyId: props.KmsKeyId });
    return resource(repository);
  }

  public async delete(id: string): Promise<void> {
    const repository = this.byId(id);
    if (repository) await this.repositories.remove(repository.name);
  }

  private byId(id: string): Repository | undefined {
    return this.repositories.all().find(repository => repository.id === id);
  }

  /** The first commit, from a zip in S3; `Code` is read when the repository is created, and never again. */
  private async seed(repository: Repository, code: any): Promise<void> {
    const zip = new AdmZip(await this.readObject(code.S3.Bucket, code.S3.Key));
    const files = zip.getEntries().filter(entry => !entry.isDirectory);
    const changes = [];
    for (const file of files) {
      const executable = Math.floor(file.attr / 2 ** 22) % 2 === 1; // the owner's x of the Unix mode in the upper half
      changes.push({ path: file.entryName, mode: executable ? '100755' : '100644', blob: await repository.store(file.getData()) });
    }
    const branch = code.BranchName ?? 'main';
    const tree = await repository.tree(undefined, changes);
    const commit = await repository.commit(branch, tree, undefined, 'Initial commit by AWS CodeCommit', { name: 'AWS CodeCommit', email: '' });
    await this.repositories.announce({
      repository, reference: `refs/heads/${branch}`, from: NO_COMMIT, to: commit!, principal: 'cloudformation.amazonaws.com',
    });
  }
}

function resource(repository: Repository): Resource {
  return {
    id: repository.id,
    attributes: { Arn: repository.arn, CloneUrlHttp: repository.cloneUrlHttp, CloneUrlSsh: repository.cloneUrlSsh, Name: repository.name },
  };
}

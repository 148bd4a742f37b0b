import * as path from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { requireName } from '../private/names';

/**
 * Properties of an application repository.
 */
export interface ApplicationRepositoryProps {
  /**
   * Name of the repository: 1 to 100 letters, digits, periods, underscores and hyphens.
   */
  readonly repositoryName: string;

  /**
   * Branch that gets the first commit.
   *
   * @default 'main'
   */
  readonly branch?: string;

  /**
   * Folder with the files of the first commit.
   *
   * @default - a small HTTP server with its test and its Dockerfile
   */
  readonly seed?: string;

  /**
   * Key that encrypts the repository.
   *
   * @default - the key that AWS manages for CodeCommit
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the repository when it leaves the stack.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A CodeCommit repository for one application, with a first commit that builds, passes its test and runs.
 */
export class ApplicationRepository extends Construct {
  /**
   * The repository.
   */
  public readonly repository: codecommit.IRepository;

  /**
   * The branch with the first commit.
   */
  public readonly branch: string;

  public constructor(scope: Construct, id: string, props: ApplicationRepositoryProps) {
    super(scope, id);
    this.branch = requireName(this, 'branch', props.branch ?? 'main');
    const repository = new codecommit.Repository(this, 'Repository', {
      repositoryName: requireName(this, 'repositoryName', props.repositoryName),
      // lib/ and src/ lie equally deep below the package, so this holds for both
      code: codecommit.Code.fromDirectory(props.seed ?? path.join(__dirname, '../../sample-application'), this.branch),
      kmsKey: props.encryptionKey,
    });
    repository.applyRemovalPolicy(props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.repository = repository;
  }
}

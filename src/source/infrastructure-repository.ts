import { RemovalPolicy } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { requireName } from '../private/names';

/**
 * Properties of an infrastructure repository.
 */
export interface InfrastructureRepositoryProps {
  /**
   * Name of the repository: 1 to 100 letters, digits, periods, underscores and hyphens.
   */
  readonly repositoryName: string;

  /**
   * Key that encrypts the repository. Its policy has to let callers use it through CodeCommit.
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
 * The CodeCommit repository that says what runs in a cluster, and by its history what ever ran there.
 *
 * It starts empty: `RepositoryFiles` make its first commit.
 */
export class InfrastructureRepository extends Construct {
  /**
   * The repository.
   */
  public readonly repository: codecommit.IRepository;

  public constructor(scope: Construct, id: string, props: InfrastructureRepositoryProps) {
    super(scope, id);
    const repository = new codecommit.Repository(this, 'Repository', {
      repositoryName: requireName(this, 'repositoryName', props.repositoryName),
      description: 'What runs in the cluster. Flux applies it; promotions are commits.',
      kmsKey: props.encryptionKey,
    });
    repository.applyRemovalPolicy(props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.repository = repository;
  }
}

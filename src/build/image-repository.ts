import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Construct } from 'constructs';

/**
 * Properties of an image repository.
 */
export interface ImageRepositoryProps {
  /**
   * Name of the ECR repository, lower case: `<platform>/<application>`.
   */
  readonly repositoryName: string;

  /**
   * Names of the environments whose images are never expired.
   */
  readonly environments: string[];

  /**
   * How many builds that no environment ever ran are kept.
   *
   * @default 100
   */
  readonly keepBuilds?: number;

  /**
   * What happens to the repository when it leaves the stack. With `DESTROY` its images are deleted, too.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** More images than a repository can hold, so a rule with this count matches images and expires none. */
const NEVER = 100_000;

/**
 * An ECR repository with immutable tags, scanned on push, that never expires an image which an environment ran.
 */
export class ImageRepository extends Construct {
  /**
   * The repository.
   */
  public readonly repository: ecr.IRepository;

  public constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    super(scope, id);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    this.repository = new ecr.Repository(this, 'Repository', {
      repositoryName: props.repositoryName,
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: ecr.RepositoryEncryption.AES_256,
      lifecycleRules: lifecycleRules(props.environments, props.keepBuilds ?? 100),
      removalPolicy,
      emptyOnDelete: removalPolicy === RemovalPolicy.DESTROY,
    });
  }
}

/**
 * An image that matches a rule cannot be expired by one of lower priority, so the environments' rules shield what they
 * match. Each prefix needs a rule of its own: several prefixes in one rule mean images that carry all of them.
 */
function lifecycleRules(environments: string[], keepBuilds: number): ecr.LifecycleRule[] {
  const shields = environments.map((environment, index) => ({
    rulePriority: index + 1,
    description: `keep what ${environment} ran`,
    tagStatus: ecr.TagStatus.TAGGED,
    tagPrefixList: [`${environment}-`],
    maxImageCount: NEVER,
  }));
  return [
    ...shields,
    {
      rulePriority: shields.length + 1,
      description: 'expire old builds that nothing ran',
      tagStatus: ecr.TagStatus.TAGGED,
      tagPrefixList: ['build-'],
      maxImageCount: keepBuilds,
    },
    {
      rulePriority: shields.length + 2,
      description: 'expire layers of interrupted pushes',
      tagStatus: ecr.TagStatus.UNTAGGED,
      maxImageAge: Duration.days(7),
    },
  ];
}

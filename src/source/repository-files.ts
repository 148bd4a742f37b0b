import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import { Construct } from 'constructs';
import { INFRASTRUCTURE_BRANCH } from '../flux/manifests/names';

/**
 * A file that is only ever created.
 */
export interface SeededFile {
  /** Path from the repository's root, without a leading slash. */
  readonly path: string;

  /** The file's text. */
  readonly content: string;
}

/**
 * A file that always is as it is said here.
 */
export interface ManagedFile extends SeededFile {
  /**
   * YAML values of which the repository's wins, each as the kind of the document followed by the keys to the value.
   *
   * @default - none
   */
  readonly keep?: string[][];
}

/**
 * Properties of repository files.
 */
export interface RepositoryFilesProps {
  /**
   * The service token that the platform gives.
   */
  readonly serviceToken: string;

  /**
   * Repository that gets the files.
   */
  readonly repository: codecommit.IRepository;

  /**
   * Branch that gets the files.
   *
   * @default 'main'
   */
  readonly branch?: string;

  /**
   * Files that always are as they are said here, and go when they are not said any more.
   *
   * @default - none
   */
  readonly managed?: ManagedFile[];

  /**
   * Files that are created where they are missing and then left alone.
   *
   * @default - none
   */
  readonly seeded?: SeededFile[];

  /**
   * Paths of managed files that may go although that deletes what runs.
   *
   * @default - none
   */
  readonly confirmedRemovals?: string[];

  /**
   * Message of the commits.
   */
  readonly message: string;
}

/**
 * Files of a CodeCommit repository that follow the construct, written as one commit.
 */
export class RepositoryFiles extends Construct {
  public constructor(scope: Construct, id: string, props: RepositoryFilesProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const text = (value: unknown[] = []) => stack.toJsonString(value);
    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::RepositoryFiles',
      serviceToken: props.serviceToken,
      serviceTimeout: Duration.minutes(5),
      properties: {
        RepositoryName: props.repository.repositoryName,
        Branch: props.branch ?? INFRASTRUCTURE_BRANCH,
        Managed: text(props.managed),
        Seeded: text(props.seeded),
        ConfirmedRemovals: text(props.confirmedRemovals),
        Message: props.message,
      },
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { INFRASTRUCTURE_BRANCH, RECONCILE_GROUP } from './manifests/names';
import { ReconcileFunction } from './reconcile-function';
import { ClusterAccess } from '../cluster/cluster-access';
import { handlerOptions } from '../cluster/handler-function';

/**
 * Properties of the reconcile trigger.
 */
export interface ReconcileTriggerProps {
  /**
   * The way to the cluster that Flux runs in.
   */
  readonly clusterAccess: ClusterAccess;

  /**
   * Repository that Flux follows.
   */
  readonly infrastructureRepository: codecommit.IRepository;

  /**
   * Prefix of the ECR repositories whose pushes matter, without the slash.
   */
  readonly imageRepositoriesPrefix: string;

  /**
   * Queue for events that could not be handled.
   */
  readonly deadLetterQueue: sqs.IQueue;
}

/** After this, Flux has long looked by itself. */
const MAX_EVENT_AGE = Duration.minutes(15);

/**
 * Makes Flux act on a commit, or a pushed image, within seconds instead of at its next look.
 */
export class ReconcileTrigger extends Construct {
  private readonly target: events.IRuleTarget;

  public constructor(scope: Construct, id: string, private readonly props: ReconcileTriggerProps) {
    super(scope, id);
    const { clusterAccess, infrastructureRepository, deadLetterQueue } = props;
    const { role, ...options } = handlerOptions(this, clusterAccess);
    const reconcile = new ReconcileFunction(this, 'Reconcile', {
      ...options,
      role,
      description: 'Asks Flux to look now',
      timeout: Duration.minutes(2),
      environment: {
        ...clusterAccess.environment,
        INFRASTRUCTURE_REPOSITORY: infrastructureRepository.repositoryName,
        INFRASTRUCTURE_BRANCH,
        IMAGE_REPOSITORIES_PREFIX: `${props.imageRepositoriesPrefix}/`,
      },
      deadLetterQueue,
      maxEventAge: MAX_EVENT_AGE,
      retryAttempts: 2,
    });
    clusterAccess.addGroupMember('Reconcile', role, RECONCILE_GROUP);

    this.target = new targets.LambdaFunction(reconcile, { deadLetterQueue, maxEventAge: MAX_EVENT_AGE, retryAttempts: 10 });
    new events.Rule(this, 'Commit', {
      description: `Makes Flux follow ${INFRASTRUCTURE_BRANCH} of the infrastructure repository`,
      eventPattern: {
        source: ['aws.codecommit'],
        detailType: ['CodeCommit Repository State Change'],
        resources: [infrastructureRepository.repositoryArn],
        detail: {
          event: ['referenceCreated', 'referenceUpdated'],
          referenceType: ['branch'],
          referenceName: [INFRASTRUCTURE_BRANCH],
        },
      },
      targets: [this.target],
    });
  }

  /**
   * Adds what following image tags takes.
   *
   * @internal
   */
  public _enableImageAutomation(): void {
    new events.Rule(this, 'ImagePush', {
      description: `Makes Flux scan image repositories of ${this.props.imageRepositoriesPrefix}`,
      eventPattern: {
        source: ['aws.ecr'],
        detailType: ['ECR Image Action'],
        detail: {
          'action-type': ['PUSH'],
          'result': ['SUCCESS'],
          'repository-name': events.Match.prefix(`${this.props.imageRepositoriesPrefix}/`),
          'image-tag': events.Match.anythingButPrefix('build-'), // only an environment's tag promotes
        },
      },
      targets: [this.target],
    });
  }
}

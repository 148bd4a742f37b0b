import { Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct, DependencyGroup, IConstruct, IDependable } from 'constructs';
import { GitOpsPlatformAttributes, GitOpsPlatformProps } from './gitops-platform-props';
import { IGitOpsPlatform } from './gitops-platform-ref';
import { createArtifactBucket } from './private/artifact-bucket';
import { Deployer } from './private/deployer';
import { exportForApplications } from './private/exports';
import { FailedEvents } from './private/failed-events';
import { FileWriter } from './private/file-writer';
import { refuseForeignParts } from './private/foreign-parts';
import { refuseImageAutomation } from './private/image-automation';
import { importPlatform } from './private/imported-gitops-platform';
import { createOrUseCluster } from './private/platform-compute';
import { allowThroughCodeCommit, createPlatformKey } from './private/platform-key';
import { createStartPipelineRole } from './private/start-pipeline-role';
import { refuseTakenPlatform } from './private/taken-platform';
import { ClusterAccess } from '../cluster/cluster-access';
import { NodeArchitecture } from '../cluster/node-architecture';
import { Flux } from '../flux/flux';
import { platformFile } from '../flux/manifests/platform-file';
import { ReconcileTrigger } from '../flux/reconcile-trigger';
import { nameFromId, requireName } from '../private/names';
import { neighbours } from '../private/neighbours';
import { requireRemovalPolicy } from '../private/removal-policy';
import { InfrastructureRepository } from '../source/infrastructure-repository';
import { RepositoryFiles } from '../source/repository-files';

/**
 * A cluster that follows a Git repository, and what its applications share.
 */
export class GitOpsPlatform extends Construct implements IGitOpsPlatform {
  /**
   * Refers to a platform that exists already, perhaps in another app.
   */
  public static fromAttributes(scope: Construct, id: string, attributes: GitOpsPlatformAttributes): IGitOpsPlatform {
    return importPlatform(scope, id, attributes);
  }

  public readonly platformName: string;
  public readonly cluster: eks.ICluster;
  public readonly key: kms.IKey;
  public readonly artifactBucket: s3.IBucket;
  public readonly infrastructureRepository: codecommit.IRepository;
  public readonly deployFunction: lambda.IFunction;
  public readonly repositoryFilesToken: string;
  public readonly startPipelineRole: iam.IRole;
  public readonly architecture: NodeArchitecture;
  public readonly ready: IDependable;

  /**
   * Holds the events that could not be handled.
   */
  public readonly failedEvents: sqs.IQueue;

  /**
   * Goes off when an event could not be handled; add an action to it to be told.
   */
  public readonly failedEventsAlarm: cloudwatch.Alarm;

  private readonly flux: Flux;
  private readonly reconcileTrigger: ReconcileTrigger;
  private followsImages = false;

  public constructor(scope: Construct, id: string, props: GitOpsPlatformProps = {}) {
    super(scope, id);
    const platformName = requireName(this, 'platformName', props.platformName ?? nameFromId(id));
    const removalPolicy = requireRemovalPolicy(this, props.removalPolicy);
    refuseForeignParts(this, props);
    this.platformName = platformName;
    this.architecture = props.architecture ?? NodeArchitecture.ARM64;

    this.key = props.key ?? createPlatformKey(this, platformName, removalPolicy);
    allowThroughCodeCommit(this, this.key);
    this.artifactBucket = props.artifactBucket ?? createArtifactBucket(this, this.key, removalPolicy);
    this.infrastructureRepository = props.infrastructureRepository ?? new InfrastructureRepository(this, 'InfrastructureRepository', {
      repositoryName: `${platformName}-infrastructure`, encryptionKey: this.key, removalPolicy,
    }).repository;
    const { infrastructureRepository } = this;

    this.repositoryFilesToken = new FileWriter(this, 'FileWriter', infrastructureRepository).serviceToken;
    const files = new RepositoryFiles(this, 'Files', {
      serviceToken: this.repositoryFilesToken,
      repository: infrastructureRepository,
      managed: [platformFile(platformName)],
      message: `Describe platform ${platformName}`,
    });

    const compute = createOrUseCluster(this, this.key, props);
    this.cluster = compute.cluster;
    refuseTakenPlatform(this, neighbours(this, (other) => other instanceof GitOpsPlatform));
    const clusterAccess = new ClusterAccess(this, 'ClusterAccess', { cluster: this.cluster, vpc: props.vpc });

    const { queue, alarm } = new FailedEvents(this, 'FailedEvents');
    this.failedEvents = queue;
    this.failedEventsAlarm = alarm;
    this.flux = new Flux(this, 'Flux', {
      platformName, clusterAccess, infrastructureRepository, prerequisites: new DependencyGroup(compute.ready, files),
    });
    this.reconcileTrigger = new ReconcileTrigger(this, 'ReconcileTrigger', {
      clusterAccess, infrastructureRepository, imageRepositoriesPrefix: platformName, deadLetterQueue: queue,
    });
    const deployer = new Deployer(this, 'Deployer', { platformName, clusterAccess, infrastructureRepository, deadLetterQueue: queue });
    this.deployFunction = deployer.function;
    this.startPipelineRole = createStartPipelineRole(this, platformName);
    this.ready = new DependencyGroup(this.flux, this.reconcileTrigger, deployer, clusterAccess);

    if (props.imageAutomation) {
      this.followImages();
    }
    exportForApplications(this);
  }

  /**
   * Whether Flux follows image tags for the environments that ask for it.
   */
  public get imageAutomation(): boolean {
    return this.followsImages;
  }

  /** @internal */
  public _enableImageAutomation(consumer: IConstruct): void {
    if (this.followsImages) {
      return;
    }
    if (Stack.of(consumer) !== Stack.of(this)) {
      refuseImageAutomation(consumer, this);
    }
    this.followImages();
  }

  private followImages(): void {
    this.followsImages = true;
    this.flux._enableImageAutomation();
    this.reconcileTrigger._enableImageAutomation();
  }
}

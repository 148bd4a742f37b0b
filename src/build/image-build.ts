import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { buildSpecification } from './build-specification';
import { ImageBuildOptions } from './image-build-options';
import { NodeArchitecture } from '../cluster/node-architecture';
import { acknowledge } from '../private/acknowledge';
import { control, INLINE_POLICY, LOG_KEY, projectPatterns, REGISTRY_TOKEN } from '../private/acknowledge-findings';
import { requireDuration } from '../private/durations';
import { InvalidPropError } from '../private/invalid-prop';
import { requireName } from '../private/names';
import { requirePath } from '../private/paths';

/**
 * Properties of an image build.
 */
export interface ImageBuildProps extends ImageBuildOptions {
  /**
   * Name of the CodeBuild project.
   */
  readonly projectName: string;

  /**
   * Repository that the image is pushed to. The build can push there and nowhere else.
   */
  readonly imageRepository: ecr.IRepository;

  /**
   * Processor architecture of the nodes that will run the image.
   */
  readonly architecture: NodeArchitecture;

  /**
   * Key that encrypts the artifacts.
   *
   * @default - the key that AWS manages for S3
   */
  readonly encryptionKey?: kms.IKey;
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html */
const BUILD_TIMEOUT = { unit: 'minutes', min: Duration.minutes(5), max: Duration.hours(36) } as const;

/** Machines that run a Docker daemon and need no further settings. */
const COMPUTE_TYPES = [
  codebuild.ComputeType.SMALL,
  codebuild.ComputeType.MEDIUM,
  codebuild.ComputeType.LARGE,
  codebuild.ComputeType.X_LARGE,
  codebuild.ComputeType.X2_LARGE,
];

/**
 * A CodeBuild project that tests the source, builds one image and pushes it once, under a tag that is never used again.
 *
 * It exports the variables `IMAGE_DIGEST` and `IMAGE_TAG`.
 */
export class ImageBuild extends Construct {
  /**
   * The project.
   */
  public readonly project: codebuild.IProject;

  public constructor(scope: Construct, id: string, props: ImageBuildProps) {
    super(scope, id);
    const { imageRepository } = props;
    const project = new codebuild.PipelineProject(this, 'Project', {
      projectName: props.projectName,
      description: 'Tests the source, builds the image for the nodes and pushes it once',
      environment: {
        buildImage: buildImage(props.architecture),
        computeType: requireComputeType(this, props.buildComputeType ?? codebuild.ComputeType.SMALL),
        privileged: true, // the Docker daemon of the build needs it
      },
      environmentVariables: {
        IMAGE_REGISTRY: { value: imageRepository.registryUri },
        IMAGE_URI: { value: imageRepository.repositoryUri },
      },
      buildSpec: codebuild.BuildSpec.fromObject(buildSpecification({
        repositoryName: imageRepository.repositoryName,
        dockerfile: requirePath(this, 'dockerfile', props.dockerfile ?? 'Dockerfile'),
        context: requirePath(this, 'buildContext', props.buildContext ?? '.'),
        testTarget: props.testTarget === '' ? undefined : requireName(this, 'testTarget', props.testTarget ?? 'test'),
        reportsPath: requirePath(this, 'testReportsPath', props.testReportsPath ?? '/reports', { absolute: true }),
      })),
      encryptionKey: props.encryptionKey,
      timeout: requireDuration(this, 'buildTimeout', props.buildTimeout ?? Duration.minutes(30), BUILD_TIMEOUT),
    });
    project.node.addDependency(this.logGroup(props.projectName)); // the role, too: a last build must not make the group anew
    imageRepository.grantPush(project);
    // a push by Docker's containerd store asks for the manifest first, which ECR takes for BatchGetImage
    imageRepository.grant(project, 'ecr:DescribeImages', 'ecr:BatchGetImage');
    acknowledge(
      project.role!,
      ...INLINE_POLICY,
      REGISTRY_TOKEN,
      ...projectPatterns(Stack.of(this), project.projectName),
    );
    acknowledge(project, ...control('CodeBuildProjectSourceRepoUrl', 'The source comes from CodePipeline, so there is no token of a Git service.'));
    this.project = project;
  }

  /** CodeBuild would make it at the first build, and keep logs for ever. */
  private logGroup(projectName: string): logs.LogGroup {
    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/codebuild/${projectName}`, // the one that the CDK lets the project write
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(logGroup, ...LOG_KEY);
    return logGroup;
  }
}

function buildImage(architecture: NodeArchitecture): codebuild.IBuildImage {
  return architecture === NodeArchitecture.ARM64
    ? codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0
    : codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5;
}

function requireComputeType(scope: Construct, type: codebuild.ComputeType): codebuild.ComputeType {
  if (!COMPUTE_TYPES.includes(type)) {
    throw new InvalidPropError(scope, {
      prop: 'buildComputeType',
      value: type,
      allowed: `an image is built by a Docker daemon, which runs on ${COMPUTE_TYPES.join(', ')}`,
      advice: 'Choose one of these.',
    });
  }
  return type;
}

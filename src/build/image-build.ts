import { Duration } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { buildSpecification } from './build-specification';
import { ImageBuildOptions } from './image-build-options';
import { NodeArchitecture } from '../cluster/node-architecture';

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
        computeType: props.buildComputeType ?? codebuild.ComputeType.SMALL,
        privileged: true, // the Docker daemon of the build needs it
      },
      environmentVariables: {
        IMAGE_REGISTRY: { value: imageRepository.registryUri },
        IMAGE_URI: { value: imageRepository.repositoryUri },
      },
      buildSpec: codebuild.BuildSpec.fromObject(buildSpecification({
        repositoryName: imageRepository.repositoryName,
        dockerfile: props.dockerfile ?? 'Dockerfile',
        context: props.buildContext ?? '.',
        testTarget: props.testTarget === '' ? undefined : props.testTarget ?? 'test',
        reportsPath: props.testReportsPath ?? '/reports',
      })),
      encryptionKey: props.encryptionKey,
      timeout: props.buildTimeout ?? Duration.minutes(30),
    });
    imageRepository.grantPush(project);
    imageRepository.grant(project, 'ecr:DescribeImages');
    this.project = project;
  }
}

function buildImage(architecture: NodeArchitecture): codebuild.IBuildImage {
  return architecture === NodeArchitecture.ARM64
    ? codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0
    : codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5;
}

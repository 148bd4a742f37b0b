import { Token } from 'aws-cdk-lib';
import type * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { Environment } from '../delivery/environment';
import type { IGitOpsPlatform } from '../platform/gitops-platform-ref';
import { InvalidPropError } from '../private/invalid-prop';
import { requireSameEnvironment } from '../private/same-environment';

/** Refuses an application repository that CodePipeline or the application cannot use as its source. */
export function requireSource(scope: Construct, platform: IGitOpsPlatform, repository?: codecommit.IRepository): void {
  if (!repository) {
    return;
  }
  requireSameEnvironment(scope, 'applicationRepository', repository, true);
  const { infrastructureRepository } = platform;
  const sameName = !Token.isUnresolved(repository.repositoryName) && repository.repositoryName === infrastructureRepository.repositoryName;
  if (repository === infrastructureRepository || sameName) {
    throw new InvalidPropError(scope, {
      prop: 'applicationRepository',
      value: repository.node.path,
      allowed: 'it is the infrastructure repository, where each promotion would start the pipeline again',
      advice: 'Keep the source in a repository of its own.',
    });
  }
}

/** Refuses an image repository that the build, the deploy function or Flux could not reach. */
export function requireImages(scope: Construct, platform: IGitOpsPlatform, environments: Environment[], images?: ecr.IRepository): void {
  if (!images) {
    return;
  }
  requireSameEnvironment(scope, 'imageRepository', images);
  const name = literalName(images);
  const follower = environments.find(({ promotion }) => promotion === 'tag');
  if (follower && !name?.startsWith(`${platform.platformName}/`)) {
    throw new InvalidPropError(scope, {
      prop: 'promotion',
      value: 'Promotion.byTag()',
      allowed: `Flux may only follow image repositories of the platform, '${platform.platformName}/…', and '${follower.name}' takes its images from ${name === undefined ? 'one whose name is a token' : `'${name}'`}`,
      advice: 'Use Promotion.byCommit(), or leave `imageRepository` out.',
    });
  }
}

/** The name as it is known at synth: a repository of the same app refers to itself by a token. */
export function literalName(images: ecr.IRepository): string | undefined {
  const own = images.node.defaultChild;
  const names = [images.repositoryName, own instanceof ecr.CfnRepository ? own.repositoryName : undefined];
  return names.find((name) => name !== undefined && !Token.isUnresolved(name));
}

import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { IGitOpsPlatform } from '../platform/gitops-platform-ref';
import { InvalidPropError } from '../private/invalid-prop';

/** What the deploy function does to an image repository: it reads a manifest and tags it once more. */
export const DEPLOY_IMAGE_ACTIONS = ['ecr:BatchGetImage', 'ecr:ListImages', 'ecr:PutImage'];

/**
 * Allows the platform's deploy function to promote images of a repository that does not carry the platform's prefix.
 *
 * The policy lies beside the application, so that the platform's stack stays as it is.
 */
export function allowDeployment(scope: Construct, platform: IGitOpsPlatform, images: ecr.IRepository): void {
  const role = platform.deployFunction.role;
  if (!role) {
    throw new InvalidPropError(scope, {
      prop: 'imageRepository',
      value: images.node.path,
      allowed: 'the deploy function of the imported platform has no role that could be allowed to promote its images',
      advice: 'Import the platform with its deploy function\'s role.',
    });
  }
  new iam.Policy(scope, 'DeployImages', {
    roles: [iam.Role.fromRoleArn(scope, 'DeployRole', role.roleArn)],
    statements: [new iam.PolicyStatement({ actions: DEPLOY_IMAGE_ACTIONS, resources: [images.repositoryArn] })],
  });
}

import type * as ecr from 'aws-cdk-lib/aws-ecr';
import { Construct } from 'constructs';
import type { Environment } from '../delivery/environment';
import { environmentFilePath, managedFiles, seededFiles } from '../flux/manifests/environment-files';
import type { IGitOpsPlatform } from '../platform/gitops-platform-ref';
import { InvalidPropError } from '../private/invalid-prop';
import { requireName } from '../private/names';
import { RepositoryFiles } from '../source/repository-files';

/** Whose files they are, and what they say. */
export interface EnvironmentFilesProps {
  readonly platform: IGitOpsPlatform;
  readonly applicationName: string;
  readonly environments: Environment[];
  readonly removedEnvironments: string[];
  readonly imageRepository: ecr.IRepository;
}

/** The files of the infrastructure repository that make an application's environments exist in the cluster. */
export class EnvironmentFiles extends Construct {
  public constructor(scope: Construct, id: string, props: EnvironmentFilesProps) {
    super(scope, id);
    const { platform, applicationName } = props;
    const environments = props.environments.map(({ name, namespace, promotion }) => ({
      platform: platform.platformName,
      application: applicationName,
      environment: name,
      namespace,
      imageRepositoryUri: props.imageRepository.repositoryUri,
      followsTags: promotion === 'tag',
    }));
    if (environments.some(({ followsTags }) => followsTags)) {
      platform._enableImageAutomation(this);
    }
    const removed = props.removedEnvironments.map((name) => environmentFilePath({
      platform: platform.platformName, application: applicationName, environment: requireRemoved(this, name, props.environments),
    }));
    new RepositoryFiles(this, 'Files', {
      serviceToken: platform.repositoryFilesToken,
      repository: platform.infrastructureRepository,
      managed: managedFiles(environments),
      seeded: seededFiles(environments),
      confirmedRemovals: removed,
      message: `chore(${applicationName}): environments of the application`,
    });
  }
}

/** Who confirms that a namespace goes and keeps it has mistaken one of the two, and the mistake must not cost what it holds. */
function requireRemoved(scope: Construct, name: string, environments: Environment[]): string {
  if (environments.some((environment) => environment.name === name)) {
    throw new InvalidPropError(scope, {
      prop: 'removedEnvironments',
      value: name,
      allowed: 'it is one of `environments`, so it is not removed',
      advice: 'Take it out of one of the two.',
    });
  }
  return requireName(scope, 'environmentName', name, 'removedEnvironments');
}

import { applicationBase } from './application-base';
import { Environment, environmentObjectName } from './environment';
import { environmentKustomization } from './environment-kustomization';
import { environmentNamespace } from './environment-namespace';
import { imagePolicy } from './image-policy';
import { imageRepository } from './image-repository';
import { NOT_RELEASED, RELEASED_ANNOTATION } from './names';
import { policyMarker } from './policy-marker';
import { RepositoryFile } from './repository-file';
import { toYaml } from './yaml';

/** Header of files that the construct writes and overwrites. */
export const MANAGED_HEADER = 'managed by GitOpsPipeline; edits are overwritten';

/** The path of an environment's managed file, also of one that is gone. */
export function environmentFilePath(environment: Pick<Environment, 'platform' | 'application' | 'environment'>): string {
  return `clusters/${environment.platform}/${environmentObjectName(environment)}.yaml`;
}

/** Every managed file of an application. */
export function managedFiles(environments: Environment[]): RepositoryFile[] {
  const following = environments.find(({ followsTags }) => followsTags);
  return [...environments.map(environmentFile), ...(following ? [imageFile(following)] : [])];
}

/** Every file of an application that is only ever created; then it is the team's. */
export function seededFiles(environments: Environment[]): RepositoryFile[] {
  return [...applicationBase(environments[0].application), ...environments.map(environmentOverlay)];
}

/** What makes the environment exist in the cluster. */
function environmentFile(environment: Environment): RepositoryFile {
  const released = ['metadata', 'annotations', RELEASED_ANNOTATION];
  return {
    path: environmentFilePath(environment),
    content: toYaml(
      [
        ...environmentNamespace(environment),
        environmentKustomization(environment),
        ...(environment.followsTags ? [imagePolicy(environment)] : []),
      ],
      {
        header: MANAGED_HEADER,
        comments: environment.followsTags ? [{ kind: 'Kustomization', path: released, comment: policyMarker(environment, 'tag') }] : [],
      },
    ),
    keep: [['Kustomization', ...released]],
  };
}

/** One per application, since all files of the folder become one set of objects; the period keeps it apart from any environment's. */
function imageFile(environment: Environment): RepositoryFile {
  return {
    path: `clusters/${environment.platform}/${environment.application}.image.yaml`,
    content: toYaml([imageRepository(environment)], { header: MANAGED_HEADER }),
  };
}

/** Where the team changes what its environment runs. */
function environmentOverlay(environment: Environment): RepositoryFile {
  const image = { name: environment.application, newName: environment.imageRepositoryUri, digest: NOT_RELEASED };
  return {
    path: `apps/${environment.application}/${environment.environment}/kustomization.yaml`,
    content: toYaml(
      [{ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: ['../base'], images: [image] }],
      {
        header: 'What this environment changes about ../base. Promotions change the digest, nothing else.',
        comments: environment.followsTags
          ? [{ kind: 'Kustomization', path: ['images', 0, 'digest'], comment: policyMarker(environment, 'digest') }]
          : [],
      },
    ),
  };
}

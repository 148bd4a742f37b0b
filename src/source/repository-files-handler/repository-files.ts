import type { CloudFormationCustomResourceEvent as Event } from 'aws-lambda';
import { CodeCommit, commitFiles, CommitFilesRequest, RepositoryNotFoundError } from './commit';
import { changeOf, Plan, planCreate, planDelete, planUpdate } from './plan';
import { parseEarlierProperties, parseProperties, RepositoryFilesProperties } from './properties';
import type { CustomResourceHandlers, CustomResourceResult } from '../../custom-resource-handler/run-custom-resource';

export interface RepositoryFilesDependencies {
  readonly client: CodeCommit;
  readonly clock?: CommitFilesRequest['clock'];
}

const AUTHOR = { name: 'cdk-gitops-pipeline' };

/** Keeps files of a CodeCommit repository as the construct wants them, in one commit on top of everybody else's. */
export function repositoryFiles({ client, clock }: RepositoryFilesDependencies): CustomResourceHandlers {
  const commit = async (event: Event, properties: RepositoryFilesProperties, plan: Plan): Promise<CustomResourceResult> => {
    const { repository, branch } = properties;
    const { commitId } = await commitFiles(client, { repository, branch, author: AUTHOR, change: changeOf(plan), clock });
    return { physicalResourceId: physicalResourceId(event, properties), data: { CommitId: commitId ?? '' } };
  };
  return {
    create: async (event) => {
      const properties = parseProperties(event.ResourceProperties);
      return commit(event, properties, planCreate(properties));
    },
    update: async (event) => {
      const properties = parseProperties(event.ResourceProperties);
      const earlier = parseEarlierProperties(event.OldResourceProperties);
      // CloudFormation deletes the resource of the other branch afterwards, since its physical id is another one
      const moved = physicalResourceId(event, properties) !== physicalResourceId(event, earlier);
      return commit(event, properties, moved ? planCreate(properties) : planUpdate(properties, earlier));
    },
    delete: async (event) => {
      const properties = parseEarlierProperties(event.ResourceProperties);
      try {
        await commit(event, properties, planDelete(properties));
      } catch (error) {
        if (!(error instanceof RepositoryNotFoundError)) { throw error; }
      }
      return { physicalResourceId: event.PhysicalResourceId };
    },
  };
}

function physicalResourceId(event: Event, { repository, branch }: RepositoryFilesProperties): string {
  return `${repository}/${branch}/${event.LogicalResourceId}`;
}

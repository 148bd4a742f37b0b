import { Logger } from '@aws-lambda-powertools/logger';
import { CodeCommitClient } from '@aws-sdk/client-codecommit';
import type { Context } from 'aws-lambda';
import { repositoryFiles } from './repository-files-handler/repository-files';
import { runCustomResource } from '../custom-resource-handler/run-custom-resource';

const logger = new Logger({ serviceName: 'repository-files' });
const handlers = repositoryFiles({ client: new CodeCommitClient() });

export async function handler(event: unknown, context: Context): Promise<void> {
  await runCustomResource(event, context, handlers, { logger });
}

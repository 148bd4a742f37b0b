import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { handleEvent, reconcileScope } from './reconcile-handler/handle-event';
import { clusterFromEnvironment } from '../kubernetes/cluster-environment';
import { connect } from '../kubernetes/connect';

const logger = new Logger({ serviceName: 'reconcile' });
// once for each execution environment: the next event finds the connection and the token there
const api = connect(clusterFromEnvironment());

export async function handler(event: unknown, context: Context): Promise<void> {
  await handleEvent(event, { scope: reconcileScope(process.env, context.invokedFunctionArn), api, logger });
}

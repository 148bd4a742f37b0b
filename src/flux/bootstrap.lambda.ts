import { Logger } from '@aws-lambda-powertools/logger';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Context } from 'aws-lambda';
import { runCustomResource } from '../custom-resource-handler/run-custom-resource';
import { clusterFromEnvironment } from '../kubernetes/cluster-environment';
import { connect } from '../kubernetes/connect';
import type { KubernetesObject } from '../kubernetes/kubernetes-api';
import { bootstrapHandlers } from './bootstrap-handler/bootstrap';
import manifests from './install/flux.json';

const logger = new Logger({ serviceName: 'bootstrap' });
const lambda = new LambdaClient();

export async function handler(event: unknown, context: Context): Promise<void> {
  const handlers = bootstrapHandlers({
    manifests: manifests as unknown as KubernetesObject[],
    connect: () => connect(clusterFromEnvironment()),
    logger,
    remainingMs: () => context.getRemainingTimeInMillis(),
    continueLater: async (next) => {
      await lambda.send(new InvokeCommand({ FunctionName: context.invokedFunctionArn, InvocationType: 'Event', Payload: JSON.stringify(next) }));
    },
  });
  await runCustomResource(event, context, handlers, { logger });
}

import { Logger } from '@aws-lambda-powertools/logger';
import { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { ECRClient } from '@aws-sdk/client-ecr';
import { createHandler } from './deploy-handler/create-handler';
import { required } from './deploy-handler/environment-variable';
import { clusterFromEnvironment } from '../kubernetes/cluster-environment';
import { connect } from '../kubernetes/connect';
import { systemClock } from '../kubernetes/retry';

const codeCommit = new CodeCommitClient();
const ecr = new ECRClient();

/** Promotes a digest to an environment, watches it, and puts back what ran before when it fails. */
export const handler = createHandler({
  codePipeline: new CodePipelineClient({ maxAttempts: 6 }),
  log: new Logger({ serviceName: 'deploy' }),
  services: () => ({
    codeCommit,
    ecr,
    kubernetes: connect(clusterFromEnvironment()),
    clock: systemClock,
    platform: required('PLATFORM_NAME'),
    repository: required('INFRASTRUCTURE_REPOSITORY'),
    branch: required('INFRASTRUCTURE_BRANCH'),
  }),
});

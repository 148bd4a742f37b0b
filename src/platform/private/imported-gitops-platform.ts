import { Token } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct, DependencyGroup, IConstruct } from 'constructs';
import { refuseImageAutomation } from './image-automation';
import { NodeArchitecture } from '../../cluster/node-architecture';
import { InvalidPropError } from '../../private/invalid-prop';
import { requireName } from '../../private/names';
import type { GitOpsPlatformAttributes } from '../gitops-platform-props';
import type { IGitOpsPlatform } from '../gitops-platform-ref';

/** A platform that exists already. */
export function importPlatform(scope: Construct, id: string, attributes: GitOpsPlatformAttributes): IGitOpsPlatform {
  const platform = new Construct(scope, id);
  const imageAutomation = attributes.imageAutomation ?? false;
  return Object.assign(platform, {
    platformName: requireName(platform, 'platformName', attributes.platformName),
    cluster: eks.Cluster.fromClusterAttributes(platform, 'Cluster', { clusterName: attributes.clusterName }),
    key: attributes.key,
    artifactBucket: attributes.artifactBucket,
    infrastructureRepository: attributes.infrastructureRepository,
    deployFunction: lambda.Function.fromFunctionAttributes(platform, 'Deploy', {
      functionArn: requireFunctionArn(platform, 'deployFunctionArn', attributes.deployFunctionArn),
      role: attributes.deployRole,
      sameEnvironment: true,
    }),
    repositoryFilesToken: requireFunctionArn(platform, 'repositoryFilesToken', attributes.repositoryFilesToken),
    startPipelineRole: attributes.startPipelineRole,
    failedEvents: attributes.failedEvents,
    architecture: attributes.architecture ?? NodeArchitecture.ARM64,
    imageAutomation,
    ready: new DependencyGroup(),
    _enableImageAutomation: (consumer: IConstruct) => {
      if (!imageAutomation) {
        refuseImageAutomation(consumer, platform);
      }
    },
  });
}

const FUNCTION_ARN = /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+$/;

function requireFunctionArn(scope: Construct, prop: string, value: string): string {
  if (!Token.isUnresolved(value) && !FUNCTION_ARN.test(value)) {
    throw new InvalidPropError(scope, {
      prop, value, allowed: 'it takes the ARN of a Lambda function, without a version', advice: 'Export it from the platform\'s stack.',
    });
  }
  return value;
}

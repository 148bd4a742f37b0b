import { Reference, Stack, Tokenization } from 'aws-cdk-lib';
import type { IGitOpsPlatform } from '../gitops-platform-ref';

/**
 * Exports what applications of other stacks refer to from the first deployment on. The CDK adds an export when the first
 * reference to it comes, so the first application elsewhere would change the platform's stack.
 */
export function exportForApplications(platform: IGitOpsPlatform): void {
  const stack = Stack.of(platform);
  const { artifactBucket, deployFunction, failedEvents, infrastructureRepository, key, startPipelineRole } = platform;
  [
    artifactBucket.bucketArn,
    artifactBucket.bucketName,
    deployFunction.functionArn,
    deployFunction.functionName,
    deployFunction.role!.roleArn,
    failedEvents.queueArn,
    infrastructureRepository.repositoryArn,
    infrastructureRepository.repositoryName,
    key.keyArn,
    platform.repositoryFilesToken,
    startPipelineRole.roleArn,
  ].filter((value) => belongsTo(stack, value)).forEach((value) => stack.exportValue(value));
}

/** What was brought along is known by its name or is exported by a stack of its own. */
function belongsTo(stack: Stack, value: string): boolean {
  const token = Tokenization.reverse(value, { failConcat: false }) as unknown;
  return Reference.isReference(token) && Stack.of(token.target) === stack;
}

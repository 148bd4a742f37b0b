import { arn } from '../constants';
import { Check } from '../contracts';

/**
 * What a caller needs to be allowed for an operation of the services that the sandbox plays
 *
 * After the Service Authorization Reference: the action is the operation's name unless said otherwise here, and the
 * resource is the one that the operation names.
 */
export function requiredChecks(service: string, operation: string, input: any): Check[] {
  const action = `${service}:${operation}`;
  switch (service) {
    case 'codecommit': return codecommit(action, operation, input);
    case 'ecr': return ecr(action, operation, input);
    case 'codepipeline': return codepipeline(action, operation, input);
    case 'codebuild': return codebuild(action, operation, input);
    default: return [{ action, resource: '*' }];
  }
}

/** These carry the reference that they change as a condition key. */
const REFERENCE_OPERATIONS = ['CreateBranch', 'CreateCommit', 'DeleteBranch', 'DeleteFile', 'PutFile'];

function codecommit(action: string, operation: string, input: any): Check[] {
  if (operation === 'ListRepositories') return [{ action, resource: '*' }];
  const names: string[] = input.repositoryNames ?? [input.repositoryName ?? '*'];
  const context = REFERENCE_OPERATIONS.includes(operation) ? { 'codecommit:References': [`refs/heads/${input.branchName}`] } : undefined;
  return names.map(name => ({ action, resource: arn('codecommit', name), context }));
}

function ecr(action: string, operation: string, input: any): Check[] {
  if (operation === 'GetAuthorizationToken') return [{ action, resource: '*' }];
  const names: string[] = input.repositoryNames ?? [input.repositoryName ?? '*'];
  return names.map(name => ({ action, resource: arn('ecr', `repository/${name}`) }));
}

/** Job results name no pipeline, so only `*` can allow them. */
function codepipeline(action: string, operation: string, input: any): Check[] {
  if (/Job|ListPipelines|ListActionTypes/.test(operation)) return [{ action, resource: '*' }];
  const pipeline = input.pipelineName ?? input.name ?? input.pipeline?.name ?? '*';
  const parts = [pipeline, input.stageName, input.actionName].filter(part => part !== undefined);
  return [{ action, resource: arn('codepipeline', parts.join('/')) }];
}

function codebuild(action: string, operation: string, input: any): Check[] {
  if (operation === 'BatchGetBuilds') {
    return (input.ids ?? ['*']).map((id: string) => ({ action, resource: arn('codebuild', `project/${id.split(':')[0]}`) }));
  }
  if (/Report|TestCases|CodeCoverages/.test(operation)) {
    const named: string = input.reportArn ?? input.reportGroupArn ?? input.arn ?? input.reportArns?.[0] ?? input.reportGroupArns?.[0]
      ?? arn('codebuild', `report-group/${input.reportGroupName ?? input.name ?? '*'}`);
    return [{ action, resource: named.replace(/:report\/([^:]+):.*/, ':report-group/$1') }];
  }
  const names: string[] = input.names ?? [input.projectName ?? input.name ?? '*'];
  return names.map(name => ({ action, resource: name === '*' ? '*' : arn('codebuild', `project/${name}`) }));
}

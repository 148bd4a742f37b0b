import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStackEventsCommand, DescribeStackResourcesCommand,
  DescribeStacksCommand, Stack, StackEvent, StackResource, UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { StackArtifact } from './assembly';
import { REGION } from '../constants';

export type OnEvent = (event: { logicalId: string; type: string; status: string; reason?: string }) => void;

const POLL_MILLISECONDS = 150;

/** Creates, updates and deletes stacks through CloudFormation's API, as the CDK does. */
export class Stacks {
  constructor(private readonly cloudformation: CloudFormationClient) {}

  public async deploy(artifact: StackArtifact, onEvent?: OnEvent): Promise<Record<string, string>> {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(artifact.templateUrl ?? '') ?? [];
    const template = bucket
      ? { TemplateURL: `https://s3.${REGION}.amazonaws.com/${bucket}/${key}` } // published with the assets, since a body takes only 51,200 bytes
      : { TemplateBody: await readFile(artifact.templateFile, 'utf8') };
    return this.deployTemplate(artifact.stackName, template, artifact, onEvent);
  }

  public async deployTemplate(
    stackName: string, template: { TemplateBody: string } | { TemplateURL: string }, { parameters = {}, tags = {} }: Partial<Pick<StackArtifact, 'parameters' | 'tags'>> = {}, onEvent?: OnEvent,
  ): Promise<Record<string, string>> {
    const existing = await this.describe(stackName);
    const seen = new Set<string>(existing ? (await this.events(stackName)).map(event => event.EventId!) : []);
    const input = {
      StackName: stackName,
      ...template,
      Capabilities: ['CAPABILITY_IAM' as const, 'CAPABILITY_NAMED_IAM' as const, 'CAPABILITY_AUTO_EXPAND' as const],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    };
    try {
      await this.cloudformation.send(existing ? new UpdateStackCommand(input) : new CreateStackCommand(input));
    } catch (error) {
      if (!/No updates are to be performed/.test((error as Error).message)) throw error;
      return outputsOf(existing!);
    }
    const stack = await this.follow(stackName, seen, onEvent);
    return outputsOf(stack!);
  }

  public async destroy(stackName: string, onEvent?: OnEvent): Promise<void> {
    const stack = await this.describe(stackName);
    if (!stack) throw new Error(`There is no stack ${stackName} to destroy.`);
    const seen = new Set((await this.events(stackName)).map(event => event.EventId!));
    await this.cloudformation.send(new DeleteStackCommand({ StackName: stackName }));
    await this.follow(stack.StackId!, seen, onEvent);
  }

  public async resources(stackName: string): Promise<StackResource[]> {
    return (await this.cloudformation.send(new DescribeStackResourcesCommand({ StackName: stackName }))).StackResources ?? [];
  }

  /** Follows a stack until its operation has ended; undefined when it is gone. */
  private async follow(stackName: string, seen: Set<string>, onEvent?: OnEvent): Promise<Stack | undefined> {
    const failures: StackEvent[] = [];
    for (;;) {
      const stack = await this.describe(stackName);
      for (const event of await this.events(stackName)) {
        if (seen.has(event.EventId!)) continue;
        seen.add(event.EventId!);
        if (/_FAILED$/.test(event.ResourceStatus!) && !/cancelled/i.test(event.ResourceStatusReason ?? '')) failures.push(event);
        onEvent?.({
          logicalId: event.LogicalResourceId!,
          type: event.ResourceType!,
          status: event.ResourceStatus!,
          reason: event.ResourceStatusReason || undefined,
        });
      }
      if (!stack || stack.StackStatus === 'DELETE_COMPLETE') return undefined;
      const status = stack.StackStatus!;
      if (!status.endsWith('_IN_PROGRESS')) {
        if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') return stack;
        throw new Error(failureSentence(stack, failures));
      }
      await sleep(POLL_MILLISECONDS);
    }
  }

  private async describe(stackName: string): Promise<Stack | undefined> {
    try {
      return (await this.cloudformation.send(new DescribeStacksCommand({ StackName: stackName }))).Stacks?.[0];
    } catch (error) {
      if (/does not exist/.test((error as Error).message)) return undefined;
      throw error;
    }
  }

  /** Oldest first. */
  private async events(stackName: string): Promise<StackEvent[]> {
    const events: StackEvent[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.cloudformation.send(new DescribeStackEventsCommand({ StackName: stackName, NextToken })).catch(error => {
        if (/does not exist/.test(error.message)) return { StackEvents: [], NextToken: undefined };
        throw error;
      });
      events.push(...page.StackEvents ?? []);
      NextToken = page.NextToken;
    } while (NextToken);
    return events.reverse();
  }
}

function outputsOf(stack: Stack): Record<string, string> {
  return Object.fromEntries((stack.Outputs ?? []).map(output => [output.OutputKey!, output.OutputValue!]));
}

function failureSentence(stack: Stack, failures: StackEvent[]): string {
  const first = failures.find(event => event.LogicalResourceId !== stack.StackName) ?? failures[0];
  const cause = first ? `${first.LogicalResourceId} (${first.ResourceType}) failed: ${first.ResourceStatusReason}` : stack.StackStatusReason;
  return `Stack ${stack.StackName} is ${stack.StackStatus}: ${cause}`;
}

import { readFile } from 'node:fs/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { REGION } from '../constants';
import { Credentials, DeployedPolicies, Deployment } from '../contracts';
import { readAssembly } from './assembly';
import { BOOTSTRAP_TEMPLATE, fillPlaceholders } from './bootstrap';
import { policyHolder } from './policy-holder';
import { OnEvent, Stacks } from './stacks';

export interface DeployerOptions {
  endpointUrl: string;
  credentials: Credentials;
  /** Called with each template before it is deployed. */
  beforeDeploy: (template: any) => Promise<void>;
  /** The policies of roles and of resources, as deployed. */
  authority: (roleNames: string[], resourceArns: string[]) => Promise<DeployedPolicies>;
}

/** Deploys cloud assemblies the way the CDK's command line does: assets first, then the stacks in order. */
export class Deployer {
  public static async start(options: DeployerOptions): Promise<Deployer> {
    const deployer = new Deployer(options);
    await deployer.stacks.deployTemplate('CDKToolkit', { TemplateBody: JSON.stringify(BOOTSTRAP_TEMPLATE) });
    return deployer;
  }

  /** In their order; a stack that was updated is there more than once. */
  public readonly deployments: Deployment[] = [];
  private readonly stacks: Stacks;
  private readonly s3: S3Client;

  private constructor(private readonly options: DeployerOptions) {
    const client = { endpoint: options.endpointUrl, region: REGION, credentials: options.credentials };
    this.stacks = new Stacks(new CloudFormationClient(client));
    this.s3 = new S3Client({ ...client, forcePathStyle: true });
  }

  public async deploy(assemblyDir: string, stackName?: string, onEvent?: OnEvent): Promise<{ outputs: Record<string, string> }> {
    const { stacks, assets } = await readAssembly(assemblyDir, fillPlaceholders);
    const wanted = stacks.filter(stack => stackName === undefined || stack.stackName === stackName || stack.id === stackName);
    if (wanted.length === 0) throw new Error(`${assemblyDir} has no stack ${stackName ?? ''}; it has ${stacks.map(stack => stack.stackName).join(', ')}.`);
    for (const { bucket, key, read } of assets) {
      if (!await this.published(bucket, key)) await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await read() }));
    }
    const outputs: Record<string, string> = {};
    for (const stack of wanted) {
      await this.options.beforeDeploy(JSON.parse(await readFile(stack.templateFile, 'utf8')));
      const from = Date.now();
      Object.assign(outputs, await this.stacks.deploy(stack, onEvent));
      this.deployments.push(await this.describe(stack.stackName, from));
    }
    return { outputs };
  }

  public async destroy(stackName: string, onEvent?: OnEvent): Promise<void> {
    await this.stacks.destroy(stackName, onEvent);
  }

  public async readObject(bucket: string, key: string): Promise<Buffer> {
    const object = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from(await object.Body!.transformToByteArray());
  }

  private async describe(stack: string, from: number): Promise<Deployment> {
    const logicalIds: Record<string, string> = {};
    for (const { ResourceType, PhysicalResourceId, LogicalResourceId } of await this.stacks.resources(stack)) {
      const name = policyHolder(ResourceType!, PhysicalResourceId ?? '');
      if (name) logicalIds[name] = LogicalResourceId!;
    }
    const [arns, roles] = [Object.keys(logicalIds).filter(name => name.startsWith('arn:')), Object.keys(logicalIds).filter(name => !name.startsWith('arn:'))];
    return { stack, from, logicalIds, ...await this.options.authority(roles, arns) };
  }

  private async published(bucket: string, key: string): Promise<boolean> {
    return this.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(() => true, error => {
      if (error.name === 'NotFound') return false;
      throw error;
    });
  }
}

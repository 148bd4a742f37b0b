import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Answers } from './answers';
import { type DeployedFunction, deployedFunctions } from './deployed-functions';
import { LambdaProcess, type Measured } from './lambda-process';
import { addImage } from './size';
import { ACCOUNT, ECR_HOST, REGION } from '../sandbox/account';
import type { Image } from '../sandbox/account/ecr/images';
import type { Sandbox } from '../sandbox/index';

export const IMAGES = 'shop/shop';
export const INFRASTRUCTURE = 'shop-infrastructure';
/** The folder in which an application's files are sought before they are seeded. */
export const SEEDED_FOLDER = 'apps/shop/base';

const FUNCTIONS = { deploy: /Deployer/, files: /FileWriter/, reconcile: /ReconcileTrigger/, bootstrap: /FluxBootstrap/ };
/** What an application with two environments and a few files asks for, and more. */
const FILES_PER_REQUEST = 20;

/** Runs of the bundled handlers against the deployed shop */
export class HandlerRuns {
  public static async start(sandbox: Sandbox, dir: string): Promise<HandlerRuns> {
    mkdirSync(dir);
    const functions = await deployedFunctions(sandbox.account, `${dir}/cdk.out`, FUNCTIONS);
    return new HandlerRuns(sandbox, functions, new LambdaProcess(sandbox.account, dir), await Answers.start());
  }

  private constructor(
    private readonly sandbox: Sandbox,
    public readonly functions: Record<keyof typeof FUNCTIONS, DeployedFunction>,
    private readonly lambda: LambdaProcess,
    private readonly answers: Answers,
  ) {}

  public stop(): void {
    this.answers.stop();
  }

  /** A new image is promoted, and watched until it runs. */
  public async deploy(environment: string, promotion: 'commit' | 'tag', from: Image): Promise<Measured[]> {
    const commit = randomBytes(20).toString('hex');
    const tag = `build-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}-${commit.slice(0, 8)}`;
    const { digest } = addImage(this.sandbox.account, IMAGES, from, tag, tag);
    const parameters = {
      application: 'shop',
      environment,
      namespace: `shop-${environment}`,
      imageRepository: IMAGES,
      imageUri: `${ECR_HOST}/${IMAGES}`,
      digest,
      tag,
      commit,
      execution: randomUUID(),
      promotion,
      timeout: 600,
    };
    const invocations: Measured[] = [];
    for (let continuationToken: string | undefined; ;) {
      const configuration = { FunctionName: 'deploy', UserParameters: JSON.stringify(parameters) };
      const job = { id: randomUUID(), accountId: ACCOUNT, data: { actionConfiguration: { configuration }, continuationToken } };
      const invocation = await this.invoke('deploy', 'delivery/deploy.lambda', { 'CodePipeline.job': job });
      invocations.push(invocation);
      const answer = invocation.log.find(({ message }) => message === 'answer')?.answer;
      if (answer?.kind === 'succeeded') return invocations;
      if (answer?.kind !== 'continue') throw new Error(`The deployment to ${environment} ended as ${JSON.stringify(answer)}.`);
      continuationToken = JSON.stringify(answer.state);
      await sleep(1_000);
    }
  }

  /** An application's files, written into folders that the repository has already. */
  public async writeFiles(label: string): Promise<Measured[]> {
    const content = 'kind: Kustomization\nmetadata:\n  annotations:\n    released: none\n';
    const files = (folder: string) => Array.from({ length: FILES_PER_REQUEST }, (_, index) => ({ path: `${folder}/${label}-${index}.yaml`, content }));
    const keep = [['Kustomization', 'metadata', 'annotations', 'released']];
    return [await this.customResource('files', 'source/repository-files.lambda', 'Custom::RepositoryFiles', {
      RequestType: 'Create',
      ResourceProperties: {
        RepositoryName: INFRASTRUCTURE,
        Branch: 'main',
        Managed: JSON.stringify(files('benchmark').map((file) => ({ ...file, keep }))),
        Seeded: JSON.stringify(files(SEEDED_FOLDER)),
        Message: `Files of ${label}`,
      },
    })];
  }

  /** An event of the branch's newest commit. */
  public async reconcileCommit(commitId: string): Promise<Measured[]> {
    return [await this.event('aws.codecommit', 'CodeCommit Repository State Change', {
      event: 'referenceUpdated', repositoryName: INFRASTRUCTURE, referenceType: 'branch', referenceName: 'main', commitId,
    })];
  }

  /** An event of an environment's tag. */
  public async reconcileTag(tag: string): Promise<Measured[]> {
    return [await this.event('aws.ecr', 'ECR Image Action', { 'action-type': 'PUSH', 'result': 'SUCCESS', 'repository-name': IMAGES, 'image-tag': tag })];
  }

  /** Flux is removed, with everything that it applied. */
  public async removeFlux(): Promise<Measured[]> {
    const { data } = JSON.parse(await this.sandbox.cluster.kubectl([
      '--namespace', 'flux-system', 'get', 'configmap', 'cdk-gitops-pipeline-inventory', '--output=json',
    ]));
    return [await this.customResource('bootstrap', 'flux/bootstrap.lambda', 'Custom::Flux', {
      RequestType: 'Delete', PhysicalResourceId: data.owner, StackId: data.stack, ResourceProperties: {},
    })];
  }

  private async event(source: string, detailType: string, detail: object): Promise<Measured> {
    return this.invoke('reconcile', 'flux/reconcile.lambda', {
      'id': randomUUID(), 'account': ACCOUNT, 'region': REGION, 'source': source, 'detail-type': detailType, 'detail': detail,
    });
  }

  private async customResource(name: keyof typeof FUNCTIONS, bundle: string, type: string, request: object): Promise<Measured> {
    const measured = await this.invoke(name, bundle, {
      StackId: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Benchmark/1`,
      RequestId: randomUUID(),
      LogicalResourceId: 'Benchmark',
      ResourceType: type,
      ResponseURL: this.answers.url,
      ServiceToken: this.functions[name].arn,
      ...request,
    });
    const answer = this.answers.take();
    if (answer?.Status !== 'SUCCESS' || answer.Reason) throw new Error(`${type} was answered ${answer?.Status ?? 'not at all'}: ${answer?.Reason}`);
    return measured;
  }

  private async invoke(name: keyof typeof FUNCTIONS, bundle: string, event: unknown): Promise<Measured> {
    const measured = await this.lambda.invoke(bundle, this.functions[name], event);
    if (measured.error) throw new Error(`${bundle} threw: ${measured.error}`);
    return measured;
  }
}

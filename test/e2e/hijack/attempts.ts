import { randomUUID } from 'node:crypto';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CodeCommitClient, CreateBranchCommand, CreateCommitCommand, GetFileCommand } from '@aws-sdk/client-codecommit';
import { CodePipelineClient, PutApprovalResultCommand, StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { BatchDeleteImageCommand, BatchGetImageCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Part } from './part';
import { REQUESTED_AT_ANNOTATION } from '../../../src/flux/manifests/names';
import { MERGE_PATCH } from '../api-client';

const DEPLOYMENT = '/apis/apps/v1/namespaces/shop-production/deployments/shop';
const SOURCE = '/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/infrastructure';

/** Where the attacks aim. */
export interface Aims {
  readonly bucket: string;
  readonly deployFunction: string;
  readonly filesFunction: string;
  readonly deployRole: string;
  /** The head of the infrastructure repository's branch. */
  readonly head: string;
}

export type Attempt = (part: Part, aims: Aims) => Promise<unknown>;

const commit = (repositoryName: string, branchName: string): Attempt => (
  async (part, { head }) => part.client(CodeCommitClient).send(new CreateCommitCommand({
    repositoryName,
    branchName,
    parentCommitId: head,
    commitMessage: 'innocent',
    putFiles: [{ filePath: 'apps/shop/production/hijacked.txt', fileContent: Buffer.from('x') }],
  }))
);

const image = (repositoryName: string): Attempt => (part) => part.client(ECRClient).send(new PutImageCommand({
  repositoryName, imageTag: 'production-20991231235959999-00000000', imageManifest: '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}',
}));

const pull = (repositoryName: string): Attempt => (part) => (
  part.client(ECRClient).send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'none' }] }))
);

/** What an attacker would want, by what it would give them. */
export const ATTEMPTS = {
  'commit to the branch that Flux follows': commit('shop-infrastructure', 'main'),
  'commit to another branch': commit('shop-infrastructure', 'next'),
  'commit to the application\'s source': commit('shop-shop', 'main'),
  'make a branch': (part, { head }) => part.client(CodeCommitClient).send(new CreateBranchCommand({ repositoryName: 'shop-infrastructure', branchName: 'next', commitId: head })),
  'read the infrastructure repository': (part) => part.client(CodeCommitClient)
    .send(new GetFileCommand({ repositoryName: 'shop-infrastructure', filePath: 'apps/shop/production/kustomization.yaml' })),
  'clone the infrastructure repository': async (part) => part.clone('shop-infrastructure'),
  'push to the branch that Flux follows': (part) => part.push('shop-infrastructure', 'refs/heads/main', 'apps/shop/production/hijacked.txt', 'x'),
  'push to another branch': (part) => part.push('shop-infrastructure', 'refs/heads/next', 'x', 'x'),
  'push to the application\'s source': (part) => part.push('shop-shop', 'refs/heads/main', 'x', 'x'),
  'pull an image of the application': pull('shop/shop'),
  'pull an image of somebody else': pull('elsewhere/other'),
  'tag an image of the application': image('shop/shop'),
  'tag an image of somebody else': image('elsewhere/other'),
  'delete an image': (part) => part.client(ECRClient).send(new BatchDeleteImageCommand({ repositoryName: 'shop/shop', imageIds: [{ imageTag: 'none' }] })),
  'write an artifact': (part, { bucket }) => part.client(S3Client).send(new PutObjectCommand({ Bucket: bucket, Key: 'shop-shop/Source/poison', Body: 'x' })),
  'read artifacts': (part, { bucket }) => part.client(S3Client).send(new GetObjectCommand({ Bucket: bucket, Key: 'shop-shop/none' })),
  'approve': (part) => part.client(CodePipelineClient).send(new PutApprovalResultCommand({
    pipelineName: 'shop-shop', stageName: 'approve-production', actionName: 'Approve', token: '11111111-1111-1111-1111-111111111111', result: { status: 'Approved', summary: '' },
  })),
  'start the pipeline': (part) => part.client(CodePipelineClient).send(new StartPipelineExecutionCommand({ name: 'shop-shop' })),
  'start another\'s pipeline': (part) => part.client(CodePipelineClient).send(new StartPipelineExecutionCommand({ name: 'elsewhere' })),
  'call the deploy function': (part, { deployFunction }) => part.client(LambdaClient).send(new InvokeCommand({ FunctionName: deployFunction, Payload: '{}' })),
  'call the function that writes files': (part, { filesFunction }) => part.client(LambdaClient).send(new InvokeCommand({ FunctionName: filesFunction, Payload: '{}' })),
  'take the deploy function\'s role': (part, { deployRole }) => part.client(STSClient).send(new AssumeRoleCommand({ RoleArn: deployRole, RoleSessionName: 'x' })),
  'look at the stacks': (part) => part.client(CloudFormationClient).send(new DescribeStacksCommand({})),
  'look at a rollout': (part) => answered(part.kubernetes('GET', DEPLOYMENT)),
  'read a Secret': (part) => answered(part.kubernetes('GET', '/api/v1/namespaces/shop-production/secrets')),
  'start a pod': (part) => answered(part.kubernetes('POST', '/api/v1/namespaces/shop-production/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'hijacked' },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, // the standard of the namespace holds for everyone
      containers: [{ name: 'x', image: 'x', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    },
  })),
  'change a Deployment': (part) => answered(part.kubernetes('PATCH', DEPLOYMENT, { spec: { replicas: 3 } }, MERGE_PATCH)),
  'make Flux look again': (part) => answered(part.kubernetes(
    'PATCH', SOURCE, { metadata: { annotations: { [REQUESTED_AT_ANNOTATION]: new Date().toISOString() } } }, MERGE_PATCH)),
  'point Flux elsewhere': (part) => answered(part.kubernetes('PATCH', SOURCE, { spec: { url: `https://example.com/${randomUUID()}` } }, MERGE_PATCH)),
} satisfies Record<string, Attempt>;

export type Aim = keyof typeof ATTEMPTS;

/** How an attempt ended: refused for who asks, or let through, whatever came of it then. */
export async function outcome(attempt: Attempt, part: Part, aims: Aims): Promise<'refused' | string> {
  try {
    await attempt(part, aims);
    return 'let through';
  } catch (error) {
    const { name, message, stderr = '' } = error as Error & { stderr?: string };
    return /^(AccessDenied(Exception)?|UnauthorizedOperation|Refused)$/.test(name) || /returned error: 403/.test(stderr + message) ? 'refused' : `let through (${name})`;
  }
}

/** Refused by the cluster, which answers strangers by 401 and others by 403. */
async function answered(request: ReturnType<Part['kubernetes']>): Promise<void> {
  const { status, body } = await request;
  if (status === 401 || status === 403 || /ValidatingAdmissionPolicy/.test(body.message ?? '')) {
    throw Object.assign(new Error(body.message), { name: 'Refused' });
  }
}

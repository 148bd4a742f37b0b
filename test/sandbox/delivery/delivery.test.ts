import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Account, ACCOUNT, REGION } from '../../../sandbox/account';
import { Delivery, DELIVERY_COMMANDS, Execution } from '../../../sandbox/delivery';
import { isOver } from '../../../sandbox/delivery/pipeline/execution';
import { callJson } from '../../../sandbox/delivery/signed-call';
import { buildParts } from '../../../sandbox/parts/build';
import { ensureDebian } from '../../../sandbox/parts/debian';
import { Processes } from '../../../sandbox/processes';
import { ImageBuild } from '../../../src/build/image-build';
import { NodeArchitecture } from '../../../src/cluster/node-architecture';

/** Answers the first invocation with a continuation token, and the second with what it was called for. */
const DEPLOY = `
const { CodePipelineClient, PutJobSuccessResultCommand } = require('@aws-sdk/client-codepipeline');
exports.handler = async (event) => {
  const { id, data } = event['CodePipeline.job'];
  const result = data.continuationToken
    ? { outputVariables: { DEPLOYED: data.actionConfiguration.configuration.UserParameters } }
    : { continuationToken: 'watch' };
  await new CodePipelineClient({}).send(new PutJobSuccessResultCommand({ jobId: id, ...result }));
};`;

/** A pipeline over the package's own image build, without a cluster. */
class ShopStack extends Stack {
  public constructor(app: App) {
    super(app, 'Shop', { env: { account: ACCOUNT, region: REGION } });
    const repository = new codecommit.Repository(this, 'Source', {
      repositoryName: 'shop', code: codecommit.Code.fromDirectory(join(__dirname, '../../../sample-application'), 'main'),
    });
    const images = new ecr.Repository(this, 'Images', { repositoryName: 'shop/shop', imageTagMutability: ecr.TagMutability.IMMUTABLE, removalPolicy: RemovalPolicy.DESTROY, emptyOnDelete: true });
    const { project } = new ImageBuild(this, 'Build', { projectName: 'shop', imageRepository: images, architecture: NodeArchitecture.AMD64 });
    const deploy = new lambda.Function(this, 'Deploy', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline(DEPLOY) });
    const source = new codepipeline.Artifact('Source');
    const build = new actions.CodeBuildAction({ actionName: 'Build', variablesNamespace: 'Build', project, input: source });
    new codepipeline.Pipeline(this, 'Pipeline', {
      pipelineName: 'shop',
      pipelineType: codepipeline.PipelineType.V2,
      executionMode: codepipeline.ExecutionMode.QUEUED,
      usePipelineRoleForActions: true,
      artifactBucket: new s3.Bucket(this, 'Artifacts'),
      stages: [
        { stageName: 'source', actions: [new actions.CodeCommitSourceAction({ actionName: 'Source', variablesNamespace: 'Source', repository, branch: 'main', output: source })] },
        { stageName: 'build', actions: [build] },
        { stageName: 'production', actions: [new actions.LambdaInvokeAction({ actionName: 'Deploy', lambda: deploy, userParametersString: `${build.variable('IMAGE_DIGEST')} ${build.variable('IMAGE_TAG')}` })] },
      ],
    });
    const developer = new iam.Role(this, 'Developer', { assumedBy: new iam.AccountRootPrincipal() });
    repository.grantPullPush(developer);
    repository.grant(developer, 'codecommit:GetBranch', 'codecommit:CreateCommit');
    images.grant(developer, 'ecr:DescribeImages');
    new CfnOutput(this, 'DeveloperRole', { value: developer.roleArn });
  }
}

let dir: string;
let processes: Processes;
let account: Account;
let delivery: Delivery;
let developer: Parameters<typeof callJson>[0];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'delivery-'));
  processes = new Processes(dir);
  await ensureDebian(DELIVERY_COMMANDS);
  const parts = await buildParts({ only: ['registry', 'crane'] });
  account = await Account.start({ dir, processes, parts });
  delivery = await Delivery.start({ dir, account, processes, parts, resumeMilliseconds: 10 });
  const app = new App({ outdir: join(dir, 'cdk.out') });
  new ShopStack(app);
  app.synth();
  const { outputs } = await account.deploy(join(dir, 'cdk.out'));
  developer = { endpointUrl: account.endpointUrl, credentials: await account.sessionFor(outputs.DeveloperRole) };
}, 300_000);
afterAll(async () => {
  await processes.stopAll();
  await rm(dir, { recursive: true });
});

/** An execution, when it is over. */
async function over(index: number): Promise<Execution> {
  const execution = () => [...delivery.pipelines.get('shop')!.executions].reverse()[index];
  if (!execution() || !isOver(execution())) {
    await new Promise<void>((resolve) => delivery.on('change', () => execution() && isOver(execution()) && resolve()));
  }
  return execution();
}

function action(execution: Execution, stage: string) {
  return [...execution.stages.get(stage)?.actions.values() ?? []][0];
}

async function commit(filePath: string, edit: (text: string) => string): Promise<string> {
  const { branch } = await callJson(developer, 'codecommit', 'GetBranch', { repositoryName: 'shop', branchName: 'main' });
  const text = edit(await readFile(join(__dirname, '../../../sample-application', filePath), 'utf8'));
  const { commitId } = await callJson(developer, 'codecommit', 'CreateCommit', {
    repositoryName: 'shop', branchName: 'main', parentCommitId: branch.commitId, commitMessage: 'Change it', putFiles: [{ filePath, fileContent: Buffer.from(text).toString('base64') }],
  });
  return commitId;
}

test('takes the seeded commit through test, image and deployment, with the rights of the template\'s roles', async () => {
  const execution = await over(0);
  expect([...execution.stages.values()].flatMap((stage) => [...stage.actions.values()]).map(({ name, error }) => `${name}: ${error?.message ?? 'good'}`))
    .toEqual(['Source: good', 'Build: good', 'Deploy: good']);
  expect(execution).toMatchObject({ status: 'Succeeded', trigger: { triggerType: 'CreatePipeline' } });

  const { imageDetails: [image] } = await callJson(developer, 'ecr', 'DescribeImages', { repositoryName: 'shop/shop' });
  const { IMAGE_TAG: tag, IMAGE_DIGEST: digest } = action(execution, 'build').variables;
  expect(image).toMatchObject({ imageDigest: digest, imageTags: [tag] });
  expect(tag).toMatch(/^build-\d{14}-[0-9a-f]{8}$/);
  expect(tag.endsWith(execution.namespaces.Source.CommitId.slice(0, 8))).toBe(true);
  expect(action(execution, 'production').variables).toEqual({ DEPLOYED: `${digest} ${tag}` });
  expect(account.calls.filter(({ allowed }) => !allowed)).toEqual([]);
});

test('does each part with the role that the template gives it', async () => {
  await over(0);
  const actionsOf = (role: RegExp) => [...new Set(account.calls.filter(({ principal }) => role.test(principal)).map((call) => call.action))].sort();
  expect(actionsOf(/PipelineRole/)).toEqual([
    'codebuild:BatchGetBuilds', 'codebuild:StartBuild',
    'codecommit:GetBranch', 'codecommit:GetCommit', 'codecommit:GetUploadArchiveStatus', 'codecommit:UploadArchive',
    'lambda:InvokeFunction', 's3:PutObject',
  ]);
  expect(actionsOf(/BuildProjectRole/)).toEqual([
    'codebuild:BatchPutTestCases', 'codebuild:CreateReport', 'codebuild:CreateReportGroup', 'codebuild:UpdateReport',
    'ecr:BatchCheckLayerAvailability', 'ecr:CompleteLayerUpload', 'ecr:DescribeImages', 'ecr:GetAuthorizationToken', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart',
    'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject',
  ]);
  expect(actionsOf(/DeployServiceRole/)).toEqual(['codepipeline:PutJobSuccessResult', 'logs:CreateLogStream', 'logs:PutLogEvents']);
});

test('starts by the event of a commit, and stops at a failing test with nothing pushed', async () => {
  await commit('server.js', (text) => text.replace("'ok\\n'", "'not well\\n'"));
  const execution = await over(1);
  expect(execution).toMatchObject({ status: 'Failed', trigger: { triggerType: 'CloudWatchEvent' } });
  expect(action(execution, 'build').error?.message).toMatch(/^Build terminated with state: FAILED\. Error: Error while executing command: docker build .* Reason: exit status 1/);
  expect((await callJson(developer, 'ecr', 'DescribeImages', { repositoryName: 'shop/shop' })).imageDetails).toHaveLength(1);
});

test('goes with its stack', async () => {
  await account.destroy('Shop');
  expect([...delivery.pipelines.keys()]).toEqual([]);
  expect(processes.running.map(({ name }) => name).filter((name) => name.startsWith('build'))).toEqual([]);
});

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Sha256 } from '@aws-crypto/sha256-js';
import { CodeCommitClient, CreateCommitCommand, GetBranchCommand, GetDifferencesCommand, GetFileCommand, GetFolderCommand, PutFileCommand } from '@aws-sdk/client-codecommit';
import { BatchGetImageCommand, DescribeImagesCommand, ECRClient, GetAuthorizationTokenCommand, PutImageCommand } from '@aws-sdk/client-ecr';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { synthesizeTinyApp } from './tiny-app';
import { Account, REGION } from '../../../sandbox/account';
import { buildParts } from '../../../sandbox/parts/build';
import { Processes } from '../../../sandbox/processes';

jest.setTimeout(180_000);

const PULLER = 'arn:aws:iam::111122223333:role/puller';
const PUSHER = 'arn:aws:iam::111122223333:role/pusher';
const repositoryName = 'tiny';
const branchName = 'main';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'account-'));
const clone = join(dir, 'clone');
let parts: Record<string, string>;
let processes: Processes;
let account: Account;
let outputs: Record<string, string>;
let recorded: string[];

beforeAll(async () => {
  parts = await buildParts({ only: ['registry', 'crane'] });
  processes = new Processes(dir);
  recorded = [];
  account = await Account.start({ dir: join(dir, 'account'), processes, parts, onProgress: line => recorded.push(line) });
  ({ outputs } = await account.deploy(synthesizeTinyApp(dir)));
});

afterAll(async () => {
  await processes.stopAll();
  rmSync(dir, { recursive: true, force: true });
});

async function clientOptions(roleArn: string) {
  return { endpoint: account.endpointUrl, region: REGION, credentials: await account.sessionFor(roleArn) };
}

async function git(roleArn: string, args: string[], repository = repositoryName, cwd = dir): Promise<string> {
  return gitWith(await account.gitEnvironment(roleArn, repository), args, cwd);
}

async function gitWith(environment: Record<string, string>, args: string[], cwd = dir): Promise<string> {
  const { stdout } = await run('git', ['-c', 'user.name=Dev', '-c', 'user.email=dev@example.com', ...args], { cwd, env: { PATH: process.env.PATH, ...environment } });
  return stdout.trim();
}

/** Takes messages off a queue until one fits, for at most some seconds. */
async function message(queue: string, fits: (body: any) => boolean): Promise<any> {
  const signer = new SignatureV4({ credentials: await account.sessionFor(PUSHER), region: REGION, service: 'sqs', sha256: Sha256 });
  const { hostname, port, host } = new URL(account.endpointUrl);
  for (let attempt = 0; attempt < 40; attempt++) {
    const request = await signer.sign({
      protocol: 'http:',
      hostname,
      port: Number(port),
      method: 'POST',
      path: '/',
      headers: { 'host': host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
      body: JSON.stringify({ QueueUrl: `${account.endpointUrl}/111122223333/${queue}`, MaxNumberOfMessages: 10 }),
    });
    const answer = await fetch(account.endpointUrl, { method: 'POST', headers: request.headers, body: request.body });
    if (!answer.ok) throw new Error(await answer.text());
    const { Messages = [] } = await answer.json() as { Messages?: { Body: string }[] };
    const found = Messages.map(({ Body }) => JSON.parse(Body)).find(fits);
    if (found) return found;
    await sleep(100);
  }
  throw new Error(`No message in ${queue} fits.`);
}

describe('deploy', () => {
  test('invokes custom resources and gives outputs', () => {
    expect(outputs.Commit).toMatch(/^[0-9a-f]{40}$/);
    expect(outputs.CloneUrl).toEqual('https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/tiny');
    expect(outputs.ImagesUri).toEqual('111122223333.dkr.ecr.eu-west-1.amazonaws.com/tiny/app');
  });

  test('says which types are recorded only', () => {
    expect(recorded).toContain('AWS::EC2::NatGateway is recorded only');
  });

  test('changes nothing when nothing changed', async () => {
    const events: string[] = [];
    await account.deploy(join(dir, 'cdk.out'), 'Tiny', event => events.push(event.logicalId));
    expect(events).toEqual([]);
  });
});

describe('Lambda', () => {
  test('runs on the version of Node.js that the handlers are made for', async () => {
    expect(await account.invokeLambda(outputs.HandlerArn, { op: 'version' })).toMatch(/^v2[2-9]\./);
  });

  test('acts as the role in the template', async () => {
    await expect(account.invokeLambda(outputs.HandlerArn, { op: 'commit' })).rejects.toThrow(/not authorized to perform: codecommit:CreateCommit/);
    expect(account.calls.find(({ action }) => action === 'codecommit:CreateCommit')).toMatchObject({
      principal: expect.stringMatching(/^arn:aws:iam::111122223333:role\/Tiny-HandlerServiceRole/), resources: [expect.stringMatching(/:tiny$/)], allowed: false,
    });
  });
});

describe('Git', () => {
  test('clones what the template seeded, with a pull-only role', async () => {
    await git(PULLER, ['clone', '--quiet', account.gitRemote(repositoryName), clone]);
    expect(readFileSync(join(clone, 'README.md'), 'utf8')).toEqual('# Tiny\n');
    expect(statSync(join(clone, 'bin', 'run.sh')).mode.toString(8)).toMatch(/755$/);
    expect(await gitWith({}, ['rev-parse', 'HEAD'], clone)).toEqual(outputs.Commit);
  });

  test('fails to push with a pull-only role', async () => {
    writeFileSync(join(clone, 'README.md'), '# Tiny, changed\n');
    await gitWith({}, ['commit', '--quiet', '--all', '--message', 'change'], clone);
    await expect(git(PULLER, ['push', '--quiet', 'origin', 'HEAD:main'], repositoryName, clone)).rejects.toThrow(/403/);
  });

  test('pushes with a role that may, and says so in an event', async () => {
    await git(PUSHER, ['push', '--quiet', 'origin', 'HEAD:main'], repositoryName, clone);
    const commit = await gitWith({}, ['rev-parse', 'HEAD'], clone);
    const event = await message('events', ({ detail }) => detail.commitId === commit);
    expect(event).toMatchObject({
      'source': 'aws.codecommit',
      'detail-type': 'CodeCommit Repository State Change',
      'resources': ['arn:aws:codecommit:eu-west-1:111122223333:tiny'],
      'detail': {
        event: 'referenceUpdated', repositoryName, referenceType: 'branch', referenceName: 'main', referenceFullName: 'refs/heads/main', oldCommitId: outputs.Commit,
      },
    });
  });

  test('an event whose function keeps failing ends in the dead-letter queue', async () => {
    await git(PUSHER, ['push', '--quiet', 'origin', 'HEAD:refs/heads/boom'], repositoryName, clone);
    const { requestPayload } = await message('dead-letters', () => true);
    expect(requestPayload.detail).toMatchObject({ event: 'referenceCreated', referenceName: 'boom' });
  });

  test.each([
    ['a wrong signature', (password: string) => password.replace(/.$/, last => last === '0' ? '1' : '0')],
    ['a signature of yesterday', (password: string) => password.replace(/^\d{8}/, '20200101')],
  ])('refuses %s', async (_name, spoil) => {
    const environment = await account.gitEnvironment(PULLER, repositoryName);
    const header = Object.keys(environment).find(name => environment[name].startsWith('Authorization: Basic '))!;
    const [username, password] = Buffer.from(environment[header].split(' ')[2], 'base64').toString().split(':');
    environment[header] = `Authorization: Basic ${Buffer.from(`${username}:${spoil(password)}`).toString('base64')}`;
    await expect(gitWith(environment, ['ls-remote', account.gitRemote(repositoryName)])).rejects.toThrow(/403/);
  });

  test('a credential of one repository does not open another', async () => {
    const environment = await account.gitEnvironment(PUSHER, repositoryName);
    await expect(gitWith(environment, ['ls-remote', account.gitRemote('secret')])).rejects.toThrow(/403/);
  });

  test('a repository with a key of its own needs the key, too', async () => {
    await expect(git(PULLER, ['ls-remote', account.gitRemote('secret')], 'secret')).rejects.toThrow(/403/);
    expect(account.calls.at(-1)).toMatchObject({ action: 'kms:Decrypt', allowed: false });
    expect(await git(PUSHER, ['ls-remote', account.gitRemote('secret')], 'secret')).toContain('refs/heads/main');
  });

  test('works at a terminal through a credential helper', async () => {
    const [, caInfo, config] = /^GIT_SSL_CAINFO=(\S+) GIT_CONFIG_GLOBAL=(\S+) /.exec(account.gitHelp('puller'))!;
    expect(await gitWith({ GIT_SSL_CAINFO: caInfo, GIT_CONFIG_GLOBAL: config }, ['ls-remote', account.gitRemote(repositoryName)])).toContain('refs/heads/main');
  });

  test('the proxy knows no host but those that the account plays', async () => {
    const environment = await account.gitEnvironment(PULLER, repositoryName);
    await expect(gitWith(environment, ['ls-remote', 'https://example.com/x.git'])).rejects.toThrow(/403/);
  });
});

describe('CodeCommit', () => {
  let client: CodeCommitClient;

  beforeAll(async () => {
    client = new CodeCommitClient(await clientOptions(PUSHER));
  });

  async function head(): Promise<string> {
    return (await client.send(new GetBranchCommand({ repositoryName, branchName }))).branch!.commitId!;
  }

  function put(parentCommitId: string | undefined, files: Record<string, string>) {
    const putFiles = Object.entries(files).map(([filePath, content]) => ({ filePath, fileContent: Buffer.from(content) }));
    return client.send(new CreateCommitCommand({ repositoryName, branchName, parentCommitId, putFiles, authorName: 'Deploy', email: 'deploy@example.com', commitMessage: 'edit' }));
  }

  test('one CreateCommit changes several files, keeps the others and emits an event', async () => {
    const before = await head();
    const made = await put(before, { 'README.md': '# Anew\n', 'apps/a.yaml': 'a: 1\n' });
    expect(made.filesAdded!.map(({ absolutePath }) => absolutePath)).toEqual(['apps/a.yaml']);
    expect(made.filesUpdated!.map(({ absolutePath }) => absolutePath)).toEqual(['README.md']);
    expect(await head()).toEqual(made.commitId);
    const range = { beforeCommitSpecifier: before, afterCommitSpecifier: made.commitId };
    const { differences } = await client.send(new GetDifferencesCommand({ repositoryName, ...range }));
    expect(differences!.map(({ changeType, afterBlob }) => `${changeType} ${afterBlob!.path}`)).toEqual(['M README.md', 'A apps/a.yaml']);
    const folder = await client.send(new GetFolderCommand({ repositoryName, folderPath: '/' }));
    expect(folder.subFolders!.map(({ absolutePath }) => absolutePath)).toEqual(['apps', 'bin']);
    const file = await client.send(new GetFileCommand({ repositoryName, commitSpecifier: branchName, filePath: 'bin/run.sh' }));
    expect([Buffer.from(file.fileContent!).toString(), file.fileMode]).toEqual(['#!/bin/sh\n', 'EXECUTABLE']);
    await message('events', ({ detail }) => detail.commitId === made.commitId && detail.oldCommitId === before);
  });

  test('of two commits on the same parent the second fails', async () => {
    const parent = await head();
    const results = await Promise.allSettled([put(parent, { a: '1' }), put(parent, { b: '1' })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(result => result.status === 'rejected')).toMatchObject({ reason: { name: 'ParentCommitIdOutdatedException' } });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['ParentCommitIdRequiredException', async () => put(undefined, { c: '1' })],
    ['ParentCommitIdOutdatedException', async () => put(outputs.Commit, { c: '1' })],
    ['ParentCommitDoesNotExistException', async () => put('1'.repeat(40), { c: '1' })],
    ['NoChangeException', async () => put(await head(), { 'apps/a.yaml': 'a: 1\n' })],
    ['SameFileContentException', async () => put(await head(), { 'apps/a.yaml': 'a: 1\n', 'c': '1' })],
    ['FileNameConflictsWithDirectoryNameException', async () => put(await head(), { apps: '1' })],
    ['DirectoryNameConflictsWithFileNameException', async () => put(await head(), { 'README.md/c': '1' })],
    ['InvalidPathException', async () => put(await head(), { '/c': '1' })],
    ['FileEntryRequiredException', async () => put(await head(), {})],
    ['FileDoesNotExistException', async () => client.send(new CreateCommitCommand({ repositoryName, branchName, parentCommitId: await head(), deleteFiles: [{ filePath: 'none' }] }))],
    ['FileDoesNotExistException', async () => client.send(new GetFileCommand({ repositoryName, filePath: 'none' }))],
    ['FolderDoesNotExistException', async () => client.send(new GetFolderCommand({ repositoryName, folderPath: 'none' }))],
    ['CommitDoesNotExistException', async () => client.send(new GetFileCommand({ repositoryName, commitSpecifier: 'none', filePath: 'README.md' }))],
    ['BranchDoesNotExistException', async () => client.send(new GetBranchCommand({ repositoryName, branchName: 'none' }))],
    ['SameFileContentException', async () => client.send(new PutFileCommand({ repositoryName, branchName, parentCommitId: await head(), filePath: 'README.md', fileContent: Buffer.from('# Anew\n') }))],
  ])('answers %s', async (name, call) => {
    await expect(call()).rejects.toMatchObject({ name });
  });

  test('says nothing about a repository to those who may not ask', async () => {
    await expect(client.send(new GetBranchCommand({ repositoryName: 'none', branchName }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('refuses a request whose signature is wrong', async () => {
    const credentials = { ...await account.sessionFor(PUSHER), secretAccessKey: 'guessed' };
    const stranger = new CodeCommitClient({ endpoint: account.endpointUrl, region: REGION, credentials });
    await expect(stranger.send(new GetBranchCommand({ repositoryName, branchName }))).rejects.toMatchObject({ name: expect.stringMatching(/Signature/) });
  });

  test('archives a commit as a zip', async () => {
    const zip = await account.archive(repositoryName, await head());
    expect(zip.subarray(0, 2).toString()).toEqual('PK');
  });
});

describe('S3', () => {
  test('reading from a bucket with a key of its own needs the key, too', async () => {
    const object = { Bucket: outputs.BucketName, Key: 'artifact' };
    const writer = new S3Client({ ...await clientOptions(PUSHER), forcePathStyle: true });
    await writer.send(new PutObjectCommand({ ...object, Body: 'content' }));
    expect(await (await writer.send(new GetObjectCommand(object))).Body!.transformToString()).toEqual('content');
    const reader = new S3Client({ ...await clientOptions(PULLER), forcePathStyle: true });
    await expect(reader.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(account.calls.filter(({ action }) => action === 'kms:Decrypt').at(-1)).toMatchObject({ principal: PULLER, allowed: false });
  });
});

describe('ECR', () => {
  let image: string;

  beforeAll(() => {
    image = `${outputs.ImagesUri}:build-1`;
  });

  async function crane(roleArn: string, args: string[]): Promise<string> {
    const { authorizationData } = await new ECRClient(await clientOptions(roleArn)).send(new GetAuthorizationTokenCommand({}));
    const config = mkdtempSync(join(dir, 'docker-'));
    const auths = { '111122223333.dkr.ecr.eu-west-1.amazonaws.com': { auth: authorizationData![0].authorizationToken } };
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths }));
    const env = { DOCKER_CONFIG: config, HTTPS_PROXY: account.proxyUrl, SSL_CERT_FILE: account.caBundleFile, PATH: process.env.PATH };
    return (await run(parts.crane, args, { env })).stdout.trim();
  }

  async function layer(content: string): Promise<string> {
    const folder = mkdtempSync(join(dir, 'layer-'));
    mkdirSync(join(folder, 'root'));
    writeFileSync(join(folder, 'root', 'content'), content);
    await run('tar', ['--create', '--file', join(folder, 'layer.tar'), '--directory', join(folder, 'root'), '.']);
    return join(folder, 'layer.tar');
  }

  test('images are pushed, described, retagged and pulled', async () => {
    await crane(PUSHER, ['append', '--oci-empty-base', '--new_layer', await layer('one'), '--new_tag', image]);
    const client = new ECRClient(await clientOptions(PUSHER));
    const { images: [pushed] = [], failures } = await client.send(new BatchGetImageCommand({
      repositoryName: 'tiny/app', imageIds: [{ imageTag: 'build-1' }, { imageTag: 'none' }],
    }));
    expect(failures).toMatchObject([{ failureCode: 'ImageNotFound' }]);
    const retag = new PutImageCommand({ repositoryName: 'tiny/app', imageManifest: pushed.imageManifest, imageTag: 'staging-1' });
    await client.send(retag);
    await expect(client.send(retag)).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });
    const { imageDetails } = await client.send(new DescribeImagesCommand({ repositoryName: 'tiny/app' }));
    expect(imageDetails).toMatchObject([{ imageDigest: pushed.imageId!.imageDigest, imageTags: ['build-1', 'staging-1'] }]);
    expect(await crane(PULLER, ['digest', `${outputs.ImagesUri}:staging-1`])).toEqual(pushed.imageId!.imageDigest);
    await crane(PULLER, ['pull', image, join(dir, 'image.tar')]);
  });

  test('fails to push with a role that only pulls, and to move an immutable tag', async () => {
    const other = await layer('two');
    await expect(crane(PULLER, ['append', '--oci-empty-base', '--new_layer', other, '--new_tag', `${outputs.ImagesUri}:build-2`])).rejects.toThrow(/DENIED.*ecr:/);
    await expect(crane(PUSHER, ['append', '--oci-empty-base', '--new_layer', other, '--new_tag', image])).rejects.toThrow(/immutable/);
  });
});

describe('destroy', () => {
  test('takes everything down, buckets that empty themselves included', async () => {
    const events: string[] = [];
    await account.destroy('Tiny', ({ logicalId, status }) => events.push(`${logicalId} ${status}`));
    expect(events.filter(event => event.endsWith('DELETE_FAILED'))).toEqual([]);
    await expect(account.destroy('Tiny')).rejects.toThrow('There is no stack Tiny to destroy.');
  });
});

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CodeCommitClient, CreateCommitCommand, GetBranchCommand, GetDifferencesCommand, GetFileCommand, GetFolderCommand, PutFileCommand } from '@aws-sdk/client-codecommit';
import { BatchGetImageCommand, DescribeImagesCommand, ECRClient, GetAuthorizationTokenCommand, PutImageCommand } from '@aws-sdk/client-ecr';
import { PULLER, PUSHER, TinyAccount } from './tiny-account';
import { Account, REGION } from '../../../sandbox/account';

jest.setTimeout(180_000);

const repositoryName = 'tiny';
const branchName = 'main';
const run = promisify(execFile);
let tiny: TinyAccount;
let account: Account;
let outputs: Record<string, string>;

beforeAll(async () => {
  tiny = await TinyAccount.start();
  ({ account, outputs } = tiny);
});

afterAll(async () => tiny?.stop());

describe('CodeCommit', () => {
  let client: CodeCommitClient;

  beforeAll(async () => {
    client = new CodeCommitClient(await tiny.clientOptions(PUSHER));
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
    await tiny.message('events', ({ detail }) => detail.commitId === made.commitId && detail.oldCommitId === before);
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

describe('ECR', () => {
  let image: string;

  beforeAll(() => {
    image = `${outputs.ImagesUri}:build-1`;
  });

  async function crane(roleArn: string, args: string[]): Promise<string> {
    const { authorizationData } = await new ECRClient(await tiny.clientOptions(roleArn)).send(new GetAuthorizationTokenCommand({}));
    const config = mkdtempSync(join(tiny.dir, 'docker-'));
    const auths = { '111122223333.dkr.ecr.eu-west-1.amazonaws.com': { auth: authorizationData![0].authorizationToken } };
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths }));
    const env = { DOCKER_CONFIG: config, HTTPS_PROXY: account.proxyUrl, SSL_CERT_FILE: account.caBundleFile, PATH: process.env.PATH };
    return (await run(tiny.parts.crane, args, { env })).stdout.trim();
  }

  async function layer(content: string): Promise<string> {
    const folder = mkdtempSync(join(tiny.dir, 'layer-'));
    mkdirSync(join(folder, 'root'));
    writeFileSync(join(folder, 'root', 'content'), content);
    await run('tar', ['--create', '--file', join(folder, 'layer.tar'), '--directory', join(folder, 'root'), '.']);
    return join(folder, 'layer.tar');
  }

  test('images are pushed, described, retagged and pulled', async () => {
    await crane(PUSHER, ['append', '--oci-empty-base', '--new_layer', await layer('one'), '--new_tag', image]);
    const client = new ECRClient(await tiny.clientOptions(PUSHER));
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
    await crane(PULLER, ['pull', image, join(tiny.dir, 'image.tar')]);
  });

  test('fails to push with a role that only pulls, and to move an immutable tag', async () => {
    const other = await layer('two');
    await expect(crane(PULLER, ['append', '--oci-empty-base', '--new_layer', other, '--new_tag', `${outputs.ImagesUri}:build-2`])).rejects.toThrow(/DENIED.*ecr:/);
    await expect(crane(PUSHER, ['append', '--oci-empty-base', '--new_layer', other, '--new_tag', image])).rejects.toThrow(/immutable/);
  });
});

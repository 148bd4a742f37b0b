import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PULLER, PUSHER, TinyAccount } from './tiny-account';
import type { Account } from '../../../sandbox/account';

jest.setTimeout(180_000);

const repositoryName = 'tiny';

let tiny: TinyAccount;
let account: Account;
let outputs: Record<string, string>;
let clone: string;

beforeAll(async () => {
  tiny = await TinyAccount.start();
  ({ account, outputs } = tiny);
  clone = join(tiny.dir, 'clone');
});

afterAll(async () => tiny?.stop());

describe('deploy', () => {
  test('invokes custom resources and gives outputs', () => {
    expect(outputs.Commit).toMatch(/^[0-9a-f]{40}$/);
    expect(outputs.CloneUrl).toEqual('https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/tiny');
    expect(outputs.ImagesUri).toEqual('111122223333.dkr.ecr.eu-west-1.amazonaws.com/tiny/app');
  });

  test('says which types are recorded only', () => {
    expect(tiny.recorded).toContain('AWS::EC2::NatGateway is recorded only');
  });

  test('changes nothing when nothing changed', async () => {
    const events: string[] = [];
    await account.deploy(join(tiny.dir, 'cdk.out'), 'Tiny', event => events.push(event.logicalId));
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
    await tiny.git(PULLER, ['clone', '--quiet', account.gitRemote(repositoryName), clone]);
    expect(readFileSync(join(clone, 'README.md'), 'utf8')).toEqual('# Tiny\n');
    expect(statSync(join(clone, 'bin', 'run.sh')).mode.toString(8)).toMatch(/755$/);
    expect(await tiny.gitWith({}, ['rev-parse', 'HEAD'], clone)).toEqual(outputs.Commit);
  });

  test('fails to push with a pull-only role', async () => {
    writeFileSync(join(clone, 'README.md'), '# Tiny, changed\n');
    await tiny.gitWith({}, ['commit', '--quiet', '--all', '--message', 'change'], clone);
    await expect(tiny.git(PULLER, ['push', '--quiet', 'origin', 'HEAD:main'], repositoryName, clone)).rejects.toThrow(/403/);
  });

  test('pushes with a role that may, and says so in an event', async () => {
    await tiny.git(PUSHER, ['push', '--quiet', 'origin', 'HEAD:main'], repositoryName, clone);
    const commit = await tiny.gitWith({}, ['rev-parse', 'HEAD'], clone);
    const event = await tiny.message('events', ({ detail }) => detail.commitId === commit);
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
    await tiny.git(PUSHER, ['push', '--quiet', 'origin', 'HEAD:refs/heads/boom'], repositoryName, clone);
    const event = await tiny.message('dead-letters', () => true);
    expect(event.detail).toMatchObject({ event: 'referenceCreated', referenceName: 'boom' });
  });

  test.each([
    ['a wrong signature', (password: string) => password.replace(/.$/, last => last === '0' ? '1' : '0')],
    ['a signature of yesterday', (password: string) => password.replace(/^\d{8}/, '20200101')],
  ])('refuses %s', async (_name, spoil) => {
    const environment = await account.gitEnvironment(PULLER, repositoryName);
    const header = Object.keys(environment).find(name => environment[name].startsWith('Authorization: Basic '))!;
    const [username, password] = Buffer.from(environment[header].split(' ')[2], 'base64').toString().split(':');
    environment[header] = `Authorization: Basic ${Buffer.from(`${username}:${spoil(password)}`).toString('base64')}`;
    await expect(tiny.gitWith(environment, ['ls-remote', account.gitRemote(repositoryName)])).rejects.toThrow(/403/);
  });

  test('a credential of one repository does not open another', async () => {
    const environment = await account.gitEnvironment(PUSHER, repositoryName);
    await expect(tiny.gitWith(environment, ['ls-remote', account.gitRemote('secret')])).rejects.toThrow(/403/);
  });

  test('a repository with a key of its own needs the key, too', async () => {
    await expect(tiny.git(PULLER, ['ls-remote', account.gitRemote('secret')], 'secret')).rejects.toThrow(/403/);
    expect(account.calls.at(-1)).toMatchObject({ action: 'kms:Decrypt', allowed: false });
    expect(await tiny.git(PUSHER, ['ls-remote', account.gitRemote('secret')], 'secret')).toContain('refs/heads/main');
  });

  test('the policy of the key can give it through CodeCommit, for what it says', async () => {
    expect(await tiny.git(PULLER, ['ls-remote', account.gitRemote('shared')], 'shared')).toContain('refs/heads/main');
    await expect(tiny.git(PULLER, ['push', account.gitRemote('shared'), 'HEAD:refs/heads/new'], 'shared', clone)).rejects.toThrow(/403/);
    expect(account.calls.at(-1)).toMatchObject({ action: 'kms:DescribeKey', allowed: false });
  });

  test('works at a terminal through a credential helper', async () => {
    const [, caInfo, config] = /^GIT_SSL_CAINFO=(\S+) GIT_CONFIG_GLOBAL=(\S+) /.exec(account.gitHelp('puller'))!;
    expect(await tiny.gitWith({ GIT_SSL_CAINFO: caInfo, GIT_CONFIG_GLOBAL: config }, ['ls-remote', account.gitRemote(repositoryName)])).toContain('refs/heads/main');
  });

  test('the proxy knows no host but those that the account plays', async () => {
    const environment = await account.gitEnvironment(PULLER, repositoryName);
    await expect(tiny.gitWith(environment, ['ls-remote', 'https://example.com/x.git'])).rejects.toThrow(/403/);
  });
});

describe('S3', () => {
  test('reading from a bucket with a key of its own needs the key, too', async () => {
    const object = { Bucket: outputs.BucketName, Key: 'artifact' };
    const writer = new S3Client({ ...await tiny.clientOptions(PUSHER), forcePathStyle: true });
    await writer.send(new PutObjectCommand({ ...object, Body: 'content' }));
    expect(await (await writer.send(new GetObjectCommand(object))).Body!.transformToString()).toEqual('content');
    const reader = new S3Client({ ...await tiny.clientOptions(PULLER), forcePathStyle: true });
    await expect(reader.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(account.calls.filter(({ action }) => action === 'kms:Decrypt').at(-1)).toMatchObject({ principal: PULLER, allowed: false });
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

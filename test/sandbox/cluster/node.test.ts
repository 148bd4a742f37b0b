import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { synthesizeEksApp } from './eks-app';
import { Account, ECR_HOST, REGION } from '../../../sandbox/account';
import { Cluster } from '../../../sandbox/cluster';
import { packPauseImage } from '../../../sandbox/cluster/node/pause-image';
import { buildParts } from '../../../sandbox/parts/build';
import { Processes } from '../../../sandbox/processes';

jest.setTimeout(180_000);

const run = promisify(execFile);
let dir: string;
let parts: Record<string, string>;
let processes: Processes;
let account: Account;
let cluster: Cluster;
let before: string;

beforeAll(async () => {
  parts = await buildParts();
  dir = mkdtempSync(join(tmpdir(), 'node-'));
  before = await traces();
  processes = new Processes(dir);
  account = await Account.start({ dir: join(dir, 'account'), processes, parts });
  cluster = await Cluster.start({ dir: join(dir, 'cluster'), processes, parts, nodes: 'auto', account });
  await account.deploy(synthesizeEksApp(join(dir, 'cdk.out')));
}, 20 * 60_000);

afterAll(async () => {
  await processes?.stopAll();
  rmSync(dir, { recursive: true, force: true });
});

test('is a real one where this machine can be one', async () => {
  const version = await cluster.kubectl(['get', 'nodes', '-l', `sandbox.cdk-gitops-pipeline/node=${cluster.nodes}`, '-o', 'jsonpath={.items[0].status.nodeInfo.containerRuntimeVersion}']);
  expect(version).toMatch(process.getuid?.() === 0 ? /^containerd:/ : /^kwok-/);
});

test('runs an image of ECR, and shows one that crashes', async () => {
  const digest = await push();
  const image = `${ECR_HOST}/shop/shop@${digest}`;
  await cluster.kubectl(['create', 'deployment', 'good', `--image=${image}`, '--replicas=2']);
  await cluster.kubectl(['rollout', 'status', 'deployment/good', '--timeout=60s']);
  const used = await cluster.kubectl(['get', 'pods', '-l', 'app=good', '-o', 'jsonpath={.items[*].status.containerStatuses[*].imageID}']);
  expect(used.split(' ')).toEqual([expect.stringContaining(digest), expect.stringContaining(digest)]);

  cluster.breakImage(digest, 'crash');
  await cluster.kubectl(['create', 'deployment', 'bad', `--image=${image}`, '--', '/no-such-program']);
  await cluster.kubectl(['wait', '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff', 'pod', '-l', 'app=bad', '--timeout=60s']);
});

test('pulls with the role of the template\'s nodes', () => {
  const pulls = account.calls.filter(({ principal, action }) => principal.endsWith('role/node') && action === 'ecr:BatchGetImage');
  expect(pulls.length > 0).toBe(cluster.nodes === 'real');
});

test('leaves with its node group, and joins again with the next', async () => {
  await account.destroy('Eks');
  await expect(cluster.kubectl(['get', 'nodes', '-o', 'name'])).resolves.toBe('');

  await account.deploy(join(dir, 'cdk.out'));
  await cluster.kubectl(['create', 'deployment', 'again', '--image=localhost/pause:1']);
  await cluster.kubectl(['rollout', 'status', 'deployment/again', '--timeout=60s']);
});

test('leaves nothing behind, though pods still run', async () => {
  await processes.stopAll();

  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(dir);
  await expect(traces()).resolves.toBe(before);
});

/** Pushes a small image as the build would and returns its digest. */
async function push(): Promise<string> {
  const ecr = new ECRClient({ region: REGION, endpoint: account.endpointUrl, credentials: await account.sessionFor('arn:aws:iam::111122223333:role/pusher') });
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const password = Buffer.from(authorizationData![0].authorizationToken!, 'base64').toString().split(':')[1];
  const env = { PATH: process.env.PATH, HOME: dir, HTTPS_PROXY: account.proxyUrl, SSL_CERT_FILE: account.caBundleFile };
  const login = await run(parts.crane, ['auth', 'login', ECR_HOST, '--username', 'AWS', '--password', password], { env });
  expect(login.stderr).toContain('logged in');
  const { stdout } = await run(parts.crane, ['push', await packPauseImage(parts.pause, join(dir, 'image')), `${ECR_HOST}/shop/shop:build-1`], { env });
  return stdout.trim().split('@')[1];
}

/** What a node could leave on this machine: addresses, interfaces, cgroups. */
async function traces(): Promise<string> {
  const addresses = await run('ip', ['-brief', 'address']);
  const cgroups = await run('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', 'k8s.io']);
  return [addresses.stdout, cgroups.stdout, readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8')].join('\n');
}

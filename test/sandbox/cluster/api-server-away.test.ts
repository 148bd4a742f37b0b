import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeAccount } from './fake-account';
import { Cluster } from '../../../sandbox/cluster';
import { buildParts } from '../../../sandbox/parts/build';
import { Processes } from '../../../sandbox/processes';

jest.setTimeout(120_000);

let dir: string;
let processes: Processes;
let cluster: Cluster;

beforeAll(async () => {
  const parts = await buildParts();
  dir = mkdtempSync(join(tmpdir(), 'away-'));
  processes = new Processes(dir);
  cluster = await Cluster.start({ dir: join(dir, 'cluster'), processes, parts, nodes: 'kwok', account: new FakeAccount() });
}, 20 * 60_000);

afterAll(async () => {
  await processes?.stopAll();
  rmSync(dir, { recursive: true, force: true });
});

const apiServers = () => processes.running.filter(({ name }) => name === 'kube-apiserver');

test('the API server is refused to everybody, and then there again with what it had', async () => {
  await cluster.kubectl(['create', 'configmap', 'kept']);
  const [before] = apiServers();
  const away = cluster.apiServerAway(2_000);
  await expect(cluster.kubectl(['get', 'configmap', 'kept'])).rejects.toThrow('refused');
  expect(apiServers()).toEqual([]);

  await away;

  await expect(cluster.kubectl(['get', 'configmap', 'kept', '--output=name'])).resolves.toBe('configmap/kept\n');
  expect(apiServers()).toHaveLength(1);
  expect(apiServers()).not.toEqual([before]);
  // and those that make something of it are there, too, though they had only just begun
  await cluster.kubectl(['create', 'deployment', 'made', '--image=registry/made@sha256:600d']);
  await cluster.kubectl(['wait', '--for=jsonpath={.status.replicas}=1', 'deployment/made', '--timeout=60s']);
});

test('two absences at once are one', async () => {
  await Promise.all([cluster.apiServerAway(500), cluster.apiServerAway(60_000)]);
  expect(apiServers()).toHaveLength(1);
});

test('a run that is stopped meanwhile ends without it', async () => {
  const away = cluster.apiServerAway(600_000);
  await processes.stopAll();
  await expect(away).resolves.toBeUndefined();
  expect(processes.running).toEqual([]);
});

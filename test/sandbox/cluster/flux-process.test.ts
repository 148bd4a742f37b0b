import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CoreV1Api, V1Pod } from '@kubernetes/client-node';
import { FakeAccount } from './fake-account';
import { FluxControllers } from '../../../sandbox/cluster/flux-controllers';
import { ANNOTATIONS } from '../../../sandbox/cluster/pod-annotations';
import { until } from '../../../sandbox/cluster/until';
import { Processes } from '../../../sandbox/processes';

/** A controller that does nothing but be ready. */
const PROGRAM = `#!${process.execPath}
const port = /--health-addr=127.0.0.1:(\\d+)/.exec(process.argv.join(' '))[1];
require('node:http').createServer((_request, response) => response.end('ok')).listen(port, '127.0.0.1');
`;
const PATIENCE = { timeout: 20_000 };

let dir: string;
let processes: Processes;
let server: FakeApiServer;
let controllers: FluxControllers;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'flux-'));
  processes = new Processes(dir);
  server = new FakeApiServer();
  const program = join(dir, 'controller.js');
  writeFileSync(program, PROGRAM);
  chmodSync(program, 0o755);
  controllers = new FluxControllers({
    dir,
    processes,
    parts: { 'kustomize-controller': program },
    account: new FakeAccount(),
    server: { endpoint: 'https://127.0.0.1:1', certificateAuthority: '' },
    core: server as unknown as CoreV1Api,
    roleOf: () => undefined,
  });
});

afterEach(async () => {
  await controllers.stop();
  await processes.stopAll();
  rmSync(dir, { recursive: true, force: true });
});

const running = () => processes.running.map(({ pid }) => pid);
const ready = async () => until('the pod to be ready', async () => server.states.at(-1) === 'ready', PATIENCE);

test('a controller that is killed comes back as another process, and its pod shows both', async () => {
  controllers.start();
  await ready();
  const before = running();

  controllers.kill('kustomize-controller');

  await until('the pod to be ready again', async () => server.states.length === 3, PATIENCE);
  expect(server.states).toEqual(['ready', 'crashing', 'ready']);
  expect(running()).toHaveLength(1);
  expect(running()).not.toEqual(before);
});

test('a controller that does not run cannot be killed', () => {
  expect(() => controllers.kill('kustomize-controller')).toThrow('No kustomize-controller runs');
});

test('a controller that is ready while the API server is away: its pod says so when the server is back', async () => {
  server.refusing.push('ready', 'ready');
  controllers.start();

  await ready();

  expect(server.refusing).toEqual([]);
  expect(server.states).toEqual(['ready']);
});

test('a controller whose pod was seen just before the API server went away is started when it is back', async () => {
  server.refusing.push('token', 'crashing');
  controllers.start();

  await ready();

  expect(server.refusing).toEqual([]);
  expect(running()).toHaveLength(1);
});

/** What the API server says of one pod, but for what it refuses once, in that order */
class FakeApiServer {
  public readonly refusing: string[] = [];
  public readonly states: string[] = [];

  public async listNamespacedPod(): Promise<{ items: V1Pod[] }> {
    return {
      items: [{
        metadata: { name: 'kustomize-1', namespace: 'flux-system', uid: '1', annotations: { [ANNOTATIONS.process]: this.states.at(-1) ?? 'pending' } },
        spec: { nodeName: 'kwok', serviceAccountName: 'kustomize-controller', containers: [{ name: 'manager', image: 'ghcr.io/fluxcd/kustomize-controller:v1' }] },
      }],
    };
  }

  public async createNamespacedServiceAccountToken(): Promise<{ status: { token: string } }> {
    this.meet('token');
    return { status: { token: 'token' } };
  }

  public async patchNamespacedPod({ body }: { body: { metadata: { annotations: Record<string, string> } } }): Promise<void> {
    const state = body.metadata.annotations[ANNOTATIONS.process];
    this.meet(state);
    this.states.push(state);
  }

  private meet(call: string): void {
    if (this.refusing[0] !== call) return;
    this.refusing.shift();
    throw new Error('connect ECONNREFUSED');
  }
}

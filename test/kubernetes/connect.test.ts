import { execFile } from 'child_process';
import * as fs from 'fs';
import * as https from 'https';
import type { AddressInfo } from 'net';
import * as os from 'os';
import * as path from 'path';
import { promisify } from 'util';
import * as forge from 'node-forge';

interface Seen { method: string; url: URL; headers: NodeJS.Dict<string | string[]>; body: any }
type Reply = { status: number; body: unknown };

const RESOURCES: Record<string, object[]> = {
  '/api/v1': [{ name: 'configmaps', kind: 'ConfigMap', namespaced: true }],
  '/apis/rbac.authorization.k8s.io/v1': [{ name: 'clusterroles', kind: 'ClusterRole', namespaced: false }],
};

const { certificate, key } = selfSigned();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-'));
const program = path.join(folder, 'connect-client.js');
let server: https.Server;
let endpoint: string;
let connections = 0;
let seen: Seen[];
let reply: (request: Seen) => Reply | Promise<Reply>;

beforeAll(async () => {
  // as the handlers are bundled, and in a process of its own: jest does not load the client's ES modules
  await promisify(execFile)(require.resolve('esbuild/bin/esbuild'), [
    path.join(__dirname, 'connect-client.ts'), '--bundle', '--platform=node', '--target=node22', '--main-fields=module,main', `--outfile=${program}`,
  ]);
  server = https.createServer({ cert: certificate, key }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const url = new URL(request.url!, 'https://cluster');
    const text = Buffer.concat(chunks).toString();
    const one = { method: request.method!, url, headers: request.headers, body: text && JSON.parse(text) };
    const resources = RESOURCES[url.pathname];
    if (!resources) {
      seen.push(one);
    }
    const { status, body } = resources ? { status: 200, body: { kind: 'APIResourceList', resources } } : await reply(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.on('secureConnection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  seen = [];
  connections = 0;
});
afterAll(() => {
  stop();
  fs.rmSync(folder, { recursive: true });
});

function stop(): void {
  server.close();
  server.closeAllConnections();
}

/** Runs the calls in a program of their own. */
async function call(...calls: [string, ...any[]][]): Promise<{ value?: any; error?: any }[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    program, endpoint, Buffer.from(certificate).toString('base64'), JSON.stringify(calls),
  ], { env: { ...process.env, AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' } });
  return JSON.parse(stdout);
}

const MAP = { apiVersion: 'v1', kind: 'ConfigMap', name: 'Mixed.Case', namespace: 'shop' };
const ROLE = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'team:reader' };

test('writes plain JSON, each way as its kind of patch, with one token over kept connections', async () => {
  reply = ({ body }) => ({ status: 200, body: body || {} });
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' }, data: { a: '1' }, unknownField: { 'x-kubernetes-y': 1, 'enum': ['a'], 'default': 'a' } };
  const results = await call(['apply', object], ['annotate', MAP, { a: 'b' }], ['patch', ROLE, { rules: null }], ['delete', ROLE, { propagation: 'Foreground' }]);

  expect(results[0].value).toEqual(object);
  expect(seen.map(({ method, url, headers }) => [method, url.pathname + url.search, headers['content-type']])).toEqual([
    ['PATCH', '/api/v1/namespaces/shop/configmaps/a?fieldManager=cdk-gitops-pipeline&force=true', 'application/apply-patch+yaml'],
    ['PATCH', '/api/v1/namespaces/shop/configmaps/Mixed.Case?fieldManager=cdk-gitops-pipeline', 'application/merge-patch+json'],
    ['PATCH', '/apis/rbac.authorization.k8s.io/v1/clusterroles/team%3Areader?fieldManager=cdk-gitops-pipeline', 'application/merge-patch+json'],
    ['DELETE', '/apis/rbac.authorization.k8s.io/v1/clusterroles/team%3Areader?propagationPolicy=Foreground', undefined],
  ]);
  expect(seen.map(({ body }) => body)).toEqual([object, { metadata: { annotations: { a: 'b' } } }, { rules: null }, '']);
  expect(new Set(seen.map(({ headers }) => headers.authorization)).size).toBe(1);
  expect(seen[0].headers.authorization).toMatch(/^Bearer k8s-aws-v1\./);
  expect(connections).toBeLessThan(3); // of six requests, two of them discovery
});

test('a token that was refused is not used again', async () => {
  reply = async () => {
    if (seen.length > 1) { return { status: 200, body: {} }; }
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // tokens of the same second are the same
    return { status: 401, body: { message: 'Unauthorized', reason: 'Unauthorized' } };
  };
  const [refused, taken] = await call(['get', MAP], ['get', MAP]);
  expect(refused.error).toMatchObject({ code: 401 });
  expect(taken.value).toBeDefined();
  expect(new Set(seen.map(({ headers }) => headers.authorization)).size).toBe(2);
});

describe('reading', () => {
  let results: { value?: any; error?: any }[];
  const overloaded = [503, 429];

  beforeAll(async () => {
    seen = [];
    reply = ({ method, url }) => {
      if (method === 'PATCH') {
        return { status: 403, body: { message: 'configmaps "a" is forbidden', reason: 'Forbidden' } };
      }
      if (url.pathname.endsWith('/busy')) {
        return { status: overloaded.shift() ?? 200, body: { data: {} } };
      }
      if (url.pathname.endsWith('/configmaps')) {
        return url.searchParams.get('continue')
          ? { status: 200, body: { items: [{ metadata: { name: 'b' } }], metadata: {} } }
          : { status: 200, body: { items: [{ metadata: { name: 'a' } }], metadata: { continue: 'next' } } };
      }
      return { status: 404, body: { message: 'not found', reason: 'NotFound' } };
    };
    results = await call(
      ['get', MAP], ['get', { ...MAP, kind: 'Gone' }], ['get', { ...MAP, apiVersion: 'gone.example/v1' }], ['list', 'gone.example/v1', 'Gone'], ['delete', MAP],
      ['list', 'v1', 'ConfigMap', 'shop', 'app=shop'], ['get', { ...MAP, name: 'busy' }], ['patch', MAP, {}],
    );
    requests = seen;
  });
  let requests: Seen[];

  test('what does not exist is nothing, whether an object or its kind', () => {
    expect(results.slice(0, 5)).toEqual([{ value: null }, { value: null }, { value: null }, { value: [] }, { value: null }]);
  });

  test('lists page by page, and tells each item its kind', () => {
    expect(results[5].value).toEqual(['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })));
    expect(requests.filter(({ url }) => url.search.includes('limit')).map(({ url }) => url.pathname + url.search)).toEqual([
      '/api/v1/namespaces/shop/configmaps?limit=500&labelSelector=app%3Dshop',
      '/api/v1/namespaces/shop/configmaps?limit=500&labelSelector=app%3Dshop&continue=next',
    ]);
  });

  test('tries again when the API server is overloaded', () => {
    expect(results[6].value).toEqual({ data: {} });
    expect(requests.filter(({ url }) => url.pathname.endsWith('/busy'))).toHaveLength(3);
  });

  test('fails at once, in Kubernetes\' words, when it refuses', () => {
    expect(results[7].error).toEqual({
      name: 'KubernetesError', message: 'Cannot patch ConfigMap shop/Mixed.Case: configmaps "a" is forbidden (403 Forbidden)', code: 403, reason: 'Forbidden',
    });
    expect(requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });
});

test('fails with a sentence when nobody answers', async () => {
  stop();
  const [{ error }] = await call(['get', MAP]);
  expect(error).toMatchObject({ name: 'KubernetesUnreachable', message: expect.stringMatching(/^Cannot get ConfigMap shop\/Mixed\.Case: no answer from the cluster's API server: .*ECONNREFUSED/) });
});

function selfSigned(): { certificate: string; key: string } {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const one = forge.pki.createCertificate();
  one.publicKey = keys.publicKey;
  one.serialNumber = '01';
  one.validity.notBefore = new Date(Date.now() - 60_000);
  one.validity.notAfter = new Date(Date.now() + 3_600_000);
  const name = [{ name: 'commonName', value: 'cluster' }];
  one.setSubject(name);
  one.setIssuer(name);
  one.setExtensions([{ name: 'basicConstraints', cA: true }, { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]);
  one.sign(keys.privateKey, forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(one), key: forge.pki.privateKeyToPem(keys.privateKey) };
}

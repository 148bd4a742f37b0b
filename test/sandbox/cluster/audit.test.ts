import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAudit } from '../../../sandbox/cluster/audit';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'audit-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const event = (auditID: string, fields: object = {}) => ({
  auditID,
  verb: 'get',
  requestURI: '/api/v1/namespaces/shop/pods?limit=500',
  user: { username: 'controller', groups: ['controllers'] },
  objectRef: { resource: 'pods', namespace: 'shop' },
  responseStatus: { code: 200 },
  annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC: allowed' },
  ...fields,
});

function read(text: string) {
  const file = join(dir, 'audit.log');
  writeFileSync(file, text);
  return readAudit(file);
}

const lines = (...events: object[]) => events.map((line) => `${JSON.stringify(line)}\n`).join('');

test('equal requests are one, counted', () => {
  expect(read(lines(event('1'), event('2'), event('3', { verb: 'list' })))).toEqual([
    {
      user: 'controller',
      groups: ['controllers'],
      verb: 'get',
      resource: { apiGroup: '', resource: 'pods', namespace: 'shop' },
      status: 200,
      decision: 'allow',
      reason: 'RBAC: allowed',
      count: 2,
    },
    expect.objectContaining({ verb: 'list', count: 1 }),
  ]);
});

test('a watch, which is written when it begins and when it ends, is one', () => {
  expect(read(lines(event('1', { stage: 'ResponseStarted' }), event('1', { stage: 'ResponseComplete' })))).toMatchObject([{ count: 1 }]);
});

test('who acts as somebody else is that one, and said', () => {
  const [request] = read(lines(event('1', { impersonatedUser: { username: 'account', groups: ['accounts'] } })));
  expect(request).toMatchObject({ user: 'account', groups: ['accounts'], impersonator: 'controller' });
});

test('a request for a path says which', () => {
  const [request] = read(lines(event('1', { objectRef: undefined, requestURI: '/apis?timeout=32s' })));
  expect(request).toMatchObject({ path: '/apis' });
});

test('a line that is being written is left for the next time', () => {
  expect(read(`${lines(event('1'))}{"auditID":"2","ver`)).toHaveLength(1);
});

test('nothing is written yet at the start', () => {
  expect(readAudit(join(dir, 'none'))).toEqual([]);
});

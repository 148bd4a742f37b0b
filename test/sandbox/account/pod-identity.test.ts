import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PodIdentityAgent } from '../../../sandbox/account/eks/pod-identity';
import { Sessions } from '../../../sandbox/account/sessions';

const sessions = new Sessions();
const dir = mkdtempSync(join(tmpdir(), 'pod-identity-'));
let agent: PodIdentityAgent;

beforeAll(async () => {
  agent = await PodIdentityAgent.start(dir, async roleArn => sessions.mint(roleArn));
});

afterAll(async () => {
  await agent.stop();
  rmSync(dir, { recursive: true });
});

test('the token of an association gives credentials of its role', async () => {
  const { uri, tokenFile } = agent.credentialsUrl('arn:aws:iam::111122223333:role/source');
  const token = readFileSync(tokenFile, 'utf8');
  expect(token).not.toMatch(/\s/);
  const credentials: any = await (await fetch(uri, { headers: { authorization: token } })).json();
  expect(Object.keys(credentials).sort()).toEqual(['AccessKeyId', 'AccountId', 'Expiration', 'SecretAccessKey', 'Token']);
  expect(sessions.find(credentials.AccessKeyId)).toMatchObject({ roleArn: 'arn:aws:iam::111122223333:role/source', sessionToken: credentials.Token });
  expect(Date.parse(credentials.Expiration)).toBeGreaterThan(Date.now());
});

test.each([{}, { authorization: 'guessed' }])('nobody else gets any: %j', async headers => {
  const { uri } = agent.credentialsUrl('arn:aws:iam::111122223333:role/source');
  expect((await fetch(uri, { headers: headers as Record<string, string> })).status).toEqual(403);
});

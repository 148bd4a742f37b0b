import { verifyClusterToken } from '../../../sandbox/account/eks/cluster-token';
import { Session, Sessions } from '../../../sandbox/account/sessions';
import { clusterToken } from '../../../src/kubernetes/token';

const ROLE = 'arn:aws:iam::111122223333:role/handler';
const CLUSTERS = ['other', 'shop'];

let sessions: Sessions;
let session: Session;

beforeEach(() => {
  sessions = new Sessions();
  session = sessions.mint(ROLE);
});

async function token(options: { clusterName?: string; now?: Date; credentials?: Partial<Session> } = {}): Promise<string> {
  const { clusterName = 'shop', now, credentials } = options;
  return clusterToken({ clusterName, region: 'eu-west-1', now, credentials: { ...session, ...credentials } });
}

function edited(original: string, edit: (url: string) => string): string {
  return `k8s-aws-v1.${Buffer.from(edit(Buffer.from(original.slice('k8s-aws-v1.'.length), 'base64url').toString())).toString('base64url')}`;
}

test('the token of the handlers is accepted, for the cluster that it names', async () => {
  expect(verifyClusterToken(sessions, CLUSTERS, await token())).toEqual({ roleArn: ROLE, clusterName: 'shop' });
});

test('a token is accepted for a quarter of an hour, though its URL says a minute', async () => {
  expect(verifyClusterToken(sessions, CLUSTERS, await token({ now: new Date(Date.now() - 880_000) }))).toBeDefined();
});

test.each<[string, () => Promise<string>]>([
  ['of an unknown cluster', async () => token({ clusterName: 'none' })],
  ['signed with another secret', async () => token({ credentials: { secretAccessKey: 'guessed' } })],
  ['with another session token', async () => token({ credentials: { sessionToken: 'guessed' } })],
  ['of an unknown key', async () => token({ credentials: { accessKeyId: 'ASIAGUESSED' } })],
  ['that has expired', async () => token({ now: new Date(Date.now() - 901_000) })],
  ['whose expiry was edited', async () => edited(await token(), url => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))],
  ['for another host', async () => edited(await token(), url => url.replace('sts.eu-west-1.amazonaws.com', 'sts.example.com'))],
  ['for another action', async () => edited(await token(), url => url.replace('GetCallerIdentity', 'GetSessionToken'))],
  ['whose signature does not cover the cluster', async () => edited(await token(), url => url.replace('%3Bx-k8s-aws-id', ''))],
  ['that is no URL', async () => `k8s-aws-v1.${Buffer.from('none').toString('base64url')}`],
  ['without the prefix', async () => (await token()).slice(1)],
])('a token %s is refused', async (_name, made) => {
  expect(verifyClusterToken(sessions, CLUSTERS, await made())).toBeUndefined();
});

test('a token of an expired session is refused', async () => {
  session = sessions.mint(ROLE, -1);
  expect(verifyClusterToken(sessions, CLUSTERS, await token())).toBeUndefined();
});

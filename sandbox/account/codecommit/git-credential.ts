import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { CODECOMMIT_HOST, REGION } from '../constants';
import { Credentials } from '../contracts';
import { Session, Sessions } from '../sessions';

const VALID_MILLISECONDS = 15 * 60_000;

/** The user and password that git-remote-codecommit and Flux send: SigV4 over method GIT, the path, and the host alone. */
export function signGit(credentials: Credentials, path: string, now = new Date()): { username: string; password: string } {
  const timestamp = now.toISOString().replace(/[-:]|\.\d{3}Z$/g, '');
  const username = `${credentials.accessKeyId}%${credentials.sessionToken}`;
  return { username, password: `${timestamp}Z${signature(credentials, path, timestamp)}` };
}

/** The session whose signature this is; a sentence that says what is wrong otherwise. */
export function verifyGit(sessions: Sessions, path: string, username: string, password: string): Session | string {
  const [accessKeyId, ...token] = username.split('%');
  const session = sessions.find(accessKeyId);
  if (!session || token.join('%') !== session.sessionToken) return 'The security token included in the request is invalid.';
  const [, timestamp, given] = /^(\d{8}T\d{6})Z([0-9a-f]{64})$/.exec(password) ?? [];
  if (!timestamp) return 'The password is not a time and a signature.';
  const signedAt = Date.parse(timestamp.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:$6Z'));
  if (Math.abs(Date.now() - signedAt) > VALID_MILLISECONDS) return 'The signature has expired.';
  const expected = signature(session, path, timestamp);
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given)) ? session : 'The request signature does not match.';
}

function signature(credentials: Credentials, path: string, timestamp: string): string {
  const canonicalRequest = `GIT\n${path}\n\nhost:${CODECOMMIT_HOST}\n\nhost\n`;
  const scope = [timestamp.slice(0, 8), REGION, 'codecommit', 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', timestamp, scope.join('/'), createHash('sha256').update(canonicalRequest).digest('hex')].join('\n');
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${credentials.secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

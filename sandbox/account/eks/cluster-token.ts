import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Sessions } from '../sessions';

const PREFIX = 'k8s-aws-v1.';
const CLUSTER_HEADER = 'x-k8s-aws-id';
/** STS takes a presigned URL for so long, whatever `X-Amz-Expires` says; clients keep a token for as long. */
const LIFETIME_SECONDS = 15 * 60;

/**
 * Checks a cluster token as the EKS authenticator and STS do
 *
 * The token is a presigned GetCallerIdentity whose signature covers the header with the cluster's name.
 */
export function verifyClusterToken(
  sessions: Sessions, clusters: Iterable<string>, token: string,
): { roleArn: string; clusterName: string } | undefined {
  if (!token.startsWith(PREFIX)) return undefined;
  let url: URL;
  try {
    url = new URL(Buffer.from(token.slice(PREFIX.length), 'base64url').toString());
  } catch {
    return undefined;
  }
  const query = url.searchParams;
  const signedHeaders = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const [accessKeyId, date, region, service] = (query.get('X-Amz-Credential') ?? '').split('/');
  const isSts = url.protocol === 'https:' && /^sts(\.[a-z0-9-]+)?\.amazonaws\.com$/.test(url.host) && query.get('Action') === 'GetCallerIdentity';
  const session = sessions.find(accessKeyId);
  if (!isSts || !session || service !== 'sts' || !signedHeaders.includes(CLUSTER_HEADER)) return undefined;
  if ((query.get('X-Amz-Security-Token') ?? '') !== session.sessionToken) return undefined;
  const time = query.get('X-Amz-Date') ?? '';
  const signedAt = Date.parse(time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(signedAt + LIFETIME_SECONDS * 1000 > Date.now()) || signedAt > Date.now() + 300_000) return undefined;

  // The token does not hold the header's value: a cluster expects its own name.
  const clusterName = [...clusters].find(name => {
    const expected = sign(url, signedHeaders, { host: url.host, [CLUSTER_HEADER]: name }, session.secretAccessKey, [date, region, service], time);
    const given = query.get('X-Amz-Signature') ?? '';
    return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
  });
  return clusterName === undefined ? undefined : { roleArn: session.roleArn, clusterName };
}

function sign(
  url: URL, signedHeaders: string[], headers: Record<string, string>, secret: string, [date, region, service]: string[], time: string,
): string {
  const query = [...url.searchParams].filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`).sort().join('&');
  const canonical = [
    'GET', url.pathname, query, ...signedHeaders.map(name => `${name}:${headers[name] ?? ''}`), '', signedHeaders.join(';'),
    createHash('sha256').update('').digest('hex'),
  ].join('\n');
  const scope = [date, region, service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>((previous, part) => createHmac('sha256', previous).update(part).digest(), `AWS4${secret}`);
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), createHash('sha256').update(canonical).digest('hex')].join('\n');
  return createHmac('sha256', key).update(toSign).digest('hex');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

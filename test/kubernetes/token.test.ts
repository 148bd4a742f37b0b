import { clusterFromEnvironment } from '../../src/kubernetes/cluster-environment';
import { clusterToken, credentialsFromEnvironment, stsHost } from '../../src/kubernetes/token';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', sessionToken: 'a+b/c==' };
const NOW = new Date('2026-11-24T10:00:00Z');

async function urlOf(changes: { clusterName?: string; region?: string } = {}): Promise<URL> {
  const token = await clusterToken({ clusterName: 'shop', region: 'eu-west-1', credentials: CREDENTIALS, now: NOW, ...changes });
  expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/); // no padding: the authenticator's decoder takes none
  return new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
}

test('is a presigned GetCallerIdentity whose signature covers the cluster', async () => {
  const url = await urlOf();
  expect(url.origin + url.pathname).toBe('https://sts.eu-west-1.amazonaws.com/');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    'Action': 'GetCallerIdentity',
    'Version': '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIDEXAMPLE/20261124/eu-west-1/sts/aws4_request',
    'X-Amz-Date': '20261124T100000Z',
    'X-Amz-Expires': '60',
    'X-Amz-Security-Token': 'a+b/c==',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
  });
  expect(url.searchParams.get('X-Amz-Signature')).not.toBe((await urlOf({ clusterName: 'other' })).searchParams.get('X-Amz-Signature'));
});

test.each([
  ['eu-west-1', 'sts.eu-west-1.amazonaws.com'],
  ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
  ['us-iso-east-1', 'sts.us-iso-east-1.c2s.ic.gov'],
  ['us-isob-east-1', 'sts.us-isob-east-1.sc2s.sgov.gov'],
  ['eusc-de-east-1', 'sts.eusc-de-east-1.amazonaws.eu'],
])('%s asks its own STS', (region, host) => {
  expect(stsHost(region)).toBe(host);
});

test('fails without credentials, naming the variables', () => {
  expect(() => credentialsFromEnvironment({ AWS_ACCESS_KEY_ID: 'x' })).toThrow('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set');
});

test('fails without a cluster, naming what is missing', () => {
  expect(() => clusterFromEnvironment({ CLUSTER_NAME: 'shop', AWS_REGION: 'eu-west-1' })).toThrow(
    'CLUSTER_ENDPOINT, CLUSTER_CERTIFICATE_AUTHORITY are not set');
});

import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { REGION } from '../../account/constants';
import { ClusterAccount } from '../account';

/** The kubelet runs it for each image of ECR and it asks the sandbox; Node's path and the URL are written into it. */
export function credentialProviderScript(url: string): string {
  return `#!${process.execPath}
const https = require('node:https');
const ask = https.request(${JSON.stringify(url)}, { method: 'POST' }, answer => {
  answer.pipe(process.stdout);
  answer.on('end', () => { process.exitCode = answer.statusCode === 200 ? 0 : 1; });
});
ask.on('error', error => { console.error(error.message); process.exitCode = 1; });
process.stdin.pipe(ask);
`;
}

/** Tells the kubelet which images the provider is for. */
export function credentialProviderConfig(name: string, certificateAuthorityFile: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1',
    kind: 'CredentialProviderConfig',
    providers: [{
      name,
      apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
      matchImages: ['*.dkr.ecr.*.amazonaws.com'],
      defaultCacheDuration: '1h',
      env: [{ name: 'NODE_EXTRA_CA_CERTS', value: certificateAuthorityFile }],
    }],
  };
}

/** What ecr-credential-provider does: a token of ECR for the role of the node. */
export async function answerCredentialRequest(account: ClusterAccount, nodeRoleArn: string): Promise<object> {
  const ecr = new ECRClient({ region: REGION, endpoint: account.endpointUrl, credentials: await account.sessionFor(nodeRoleArn) });
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const [username, password] = Buffer.from(authorizationData![0].authorizationToken!, 'base64').toString().split(':');
  return {
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    kind: 'CredentialProviderResponse',
    cacheKeyType: 'Registry',
    cacheDuration: '1h',
    auth: { '*.dkr.ecr.*.amazonaws.com': { username, password } },
  };
}

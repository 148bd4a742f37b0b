import { KubeConfig } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { writePrivate } from './certificates';

/** Where the API server is, and whom it may be believed from */
export interface ApiServer {
  readonly endpoint: string;
  /** PEM */
  readonly certificateAuthority: string;
}

/** Writes a kubeconfig for a bearer token. */
export function writeKubeconfig(file: string, server: ApiServer, user: string, token: string): string {
  return writePrivate(file, stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'current-context': user,
    'clusters': [{
      name: 'sandbox',
      cluster: { 'server': server.endpoint, 'certificate-authority-data': Buffer.from(server.certificateAuthority).toString('base64') },
    }],
    'users': [{ name: user, user: { token } }],
    'contexts': [{ name: user, context: { cluster: 'sandbox', user } }],
  }));
}

/** The same for the client in this process. */
export function loadKubeconfig(file: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(file);
  return config;
}

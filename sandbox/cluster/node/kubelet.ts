import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ManagedProcess, Processes } from '../../processes';
import { CertificateAuthority, writePrivate } from '../certificates';
import { freePort } from '../free-port';
import { SYSTEM_PATH } from './command';
import { credentialProviderConfig, credentialProviderScript } from './image-credentials';

export interface KubeletOptions {
  readonly dir: string;
  readonly processes: Processes;
  readonly kubelet: string;
  readonly kubeconfig: string;
  readonly authority: CertificateAuthority;
  readonly nodeName: string;
  readonly nodeAddress: string;
  readonly labels: Record<string, string>;
  readonly containerdSocket: string;
  /** Answers the requests of the image credential provider */
  readonly credentialsUrl: string;
}

const PROVIDER = 'ecr-credential-provider';

/** Starts the kubelet as a node of this cluster, with all that it writes in the run folder. */
export async function startKubelet(options: KubeletOptions): Promise<ManagedProcess> {
  const { dir, authority, nodeAddress, nodeName } = options;
  const write = (name: string, content: string) => writePrivate(join(dir, name), content);
  const certificateAuthorityFile = write('ca.crt', authority.certificate);
  const serving = authority.issue({ commonName: `system:node:${nodeName}`, organization: 'system:nodes', hosts: [nodeAddress, nodeName] });
  const providers = join(dir, 'credential-providers');
  mkdirSync(providers, { recursive: true });
  chmodSync(writePrivate(join(providers, PROVIDER), credentialProviderScript(options.credentialsUrl)), 0o700);

  const configuration = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: nodeAddress,
    port: await freePort(),
    readOnlyPort: 0,
    healthzPort: 0,
    tlsCertFile: write('kubelet.crt', serving.certificate),
    tlsPrivateKeyFile: write('kubelet.key', serving.key),
    authentication: { anonymous: { enabled: false }, webhook: { enabled: false }, x509: { clientCAFile: certificateAuthorityFile } },
    authorization: { mode: 'AlwaysAllow' }, // of those with a certificate of this cluster: the API server
    containerRuntimeEndpoint: `unix://${options.containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: false, // the machine's other cgroups are not this node's to divide
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    resolvConf: '',
    podLogsDir: join(dir, 'pod-logs'),
    volumePluginDir: join(dir, 'volume-plugins'),
    // a full disk of the machine is not a reason to evict pods of a run that lasts minutes
    evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%', 'imagefs.available': '0%', 'imagefs.inodesFree': '0%' },
    imageGCHighThresholdPercent: 100,
    serializeImagePulls: false,
    shutdownGracePeriod: '0s',
  };
  return options.processes.start('kubelet', options.kubelet, [
    `--config=${write('kubelet.yaml', stringify(configuration))}`,
    `--kubeconfig=${options.kubeconfig}`,
    `--root-dir=${join(dir, 'kubelet')}`,
    `--cert-dir=${join(dir, 'kubelet-pki')}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${nodeAddress}`,
    `--node-labels=${Object.entries(options.labels).map(([key, value]) => `${key}=${value}`).join(',')}`,
    `--image-credential-provider-bin-dir=${providers}`,
    `--image-credential-provider-config=${write('credential-providers.yaml', stringify(credentialProviderConfig(PROVIDER, certificateAuthorityFile)))}`,
  ], { env: { PATH: SYSTEM_PATH, HOME: dir } });
}

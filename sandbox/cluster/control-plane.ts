import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Health } from '@kubernetes/client-node';
import { ManagedProcess, Processes } from '../processes';
import { auditPolicy } from './audit';
import { CertificateAuthority, writePrivate } from './certificates';
import { freePort } from './free-port';
import { ApiServer, loadKubeconfig, writeKubeconfig } from './kubeconfig';
import { until } from './until';

export interface ControlPlaneOptions {
  readonly dir: string;
  readonly processes: Processes;
  readonly parts: Record<string, string>;
  readonly authority: CertificateAuthority;
  /** URL that answers TokenReviews, for the tokens that API server itself did not make. */
  readonly tokenReviewUrl: string;
  readonly onProgress?: (message: string) => void;
}

/** Name and group of those who come with a static token: the cluster's own parts */
const USERS = {
  'admin': { name: 'admin', groups: ['system:masters'] },
  'controller-manager': { name: 'system:kube-controller-manager', groups: [] },
  'scheduler': { name: 'system:kube-scheduler', groups: [] },
  'kwok': { name: 'kwok', groups: ['system:masters'] },
  'kubelet': { name: 'system:node:real', groups: ['system:nodes'] },
} as const;

export type ClusterUser = keyof typeof USERS;

/** EKS's default range where the VPC does not use it */
const SERVICE_RANGE = '172.20.0.0/16';

const AGAIN_AFTER_MS = 1_000;

/** etcd, API server, controller manager and scheduler: what EKS runs for its user */
export class ControlPlane implements ApiServer {
  public static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    const controlPlane = new ControlPlane(options, await freePort());
    await controlPlane.startAll();
    return controlPlane;
  }

  public readonly endpoint: string;
  public readonly certificateAuthority: string;
  public readonly adminKubeconfig: string;
  /** Where the API server writes down who asked for what. */
  public readonly auditLog: string;
  private readonly dir: string;
  private readonly tokens = Object.fromEntries(Object.keys(USERS).map(user => [user, randomBytes(24).toString('hex')]));
  private readonly started: ManagedProcess[] = [];
  private apiServerArguments: string[] = [];
  private absence?: Promise<void>;
  private readonly stopping = new AbortController();

  private constructor(private readonly options: ControlPlaneOptions, private readonly port: number) {
    this.dir = join(options.dir, 'control-plane');
    this.auditLog = join(this.dir, 'audit.log');
    this.endpoint = `https://127.0.0.1:${port}`;
    this.certificateAuthority = options.authority.certificate;
    this.adminKubeconfig = this.kubeconfigFor('admin', join(options.dir, 'kubeconfig'));
  }

  /** A kubeconfig for one of the cluster's own parts. */
  public kubeconfigFor(user: ClusterUser, file = join(this.dir, `${user}.kubeconfig`)): string {
    return writeKubeconfig(file, this, user, this.tokens[user]);
  }

  /** Nothing is scheduled or replaced any more, so that what runs can be taken away. */
  public async stopControllers(): Promise<void> {
    await Promise.all(this.started.filter(({ name }) => name === 'kube-controller-manager' || name === 'kube-scheduler').map(async part => part.stop()));
  }

  /** Backwards, since the API server hangs for minutes when etcd goes first. */
  public async stop(): Promise<void> {
    this.stopping.abort();
    for (const part of [...this.started].reverse()) await part.stop();
  }

  /**
   * Ends the API server without a word, so that connections are cut and new ones refused, and starts it again after a while.
   * What etcd holds stays; resolves when it is ready, or when the run ends before. While it is away already, that absence is
   * the one that counts.
   */
  public async apiServerAway(milliseconds: number): Promise<void> {
    this.absence ??= this.withoutApiServer(milliseconds).finally(() => this.absence = undefined);
    return this.absence;
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted || this.options.processes.isStopping;
  }

  private async withoutApiServer(milliseconds: number): Promise<void> {
    const index = this.started.findIndex(({ name }) => name === 'kube-apiserver');
    this.started[index].signal('SIGKILL');
    await this.started[index].exited;
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    if (this.isStopping) return;
    this.started[index] = this.options.processes.start('kube-apiserver', this.options.parts['kube-apiserver'], this.apiServerArguments);
    await this.untilReady().catch(error => {
      if (!this.isStopping) throw error;
    });
  }

  private async startAll(): Promise<void> {
    const { options: { onProgress } } = this;
    const etcd = await this.startEtcd();
    this.startApiServer(etcd);
    onProgress?.('waiting for the API server');
    await this.untilReady();
    this.keepRunning('kube-controller-manager', [
      `--kubeconfig=${this.kubeconfigFor('controller-manager')}`,
      `--service-account-private-key-file=${join(this.dir, 'service-accounts.key')}`,
      `--root-ca-file=${join(this.dir, 'ca.crt')}`,
      '--use-service-account-credentials=true', // each controller with its own rights, as in any cluster
      '--kube-api-qps=500', '--kube-api-burst=500', // by default its start waits seconds for its own rate limit
      '--node-monitor-period=500ms', // a new node is open for pods that much later
      '--leader-elect=false',
      '--secure-port=0',
      '--profiling=false',
    ]);
    this.keepRunning('kube-scheduler', [
      `--kubeconfig=${this.kubeconfigFor('scheduler')}`,
      '--leader-elect=false',
      '--secure-port=0',
    ]);
  }

  private async startEtcd(): Promise<string> {
    const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
    const data = join(this.dir, 'etcd');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    this.run('etcd', [
      '--name=sandbox', `--data-dir=${data}`, '--unsafe-no-fsync', '--log-level=warn',
      `--listen-client-urls=${client}`, `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=sandbox=${peer}`,
    ]);
    return client;
  }

  private startApiServer(etcd: string): void {
    const { authority, tokenReviewUrl } = this.options;
    const write = (name: string, content: string) => writePrivate(join(this.dir, name), content);
    const certificateAuthority = write('ca.crt', authority.certificate);
    const serving = authority.issue({ commonName: 'kube-apiserver', hosts: ['127.0.0.1', 'localhost', 'kubernetes.default.svc'] });
    const kubeletClient = authority.issue({ commonName: 'kube-apiserver', organization: 'system:masters' });
    const serviceAccounts = generateKeyPairSync('rsa', {
      modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const users = Object.entries(USERS).map(([user, { name, groups }]) => `${this.tokens[user]},${name},${user},"${groups.join(',')}"`);
    const webhook = writeKubeconfig(join(this.dir, 'token-webhook.kubeconfig'), { endpoint: tokenReviewUrl, certificateAuthority: authority.certificate }, 'kube-apiserver', '');
    this.apiServerArguments = [
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1', `--secure-port=${this.port}`,
      '--advertise-address=127.0.0.1', '--endpoint-reconciler-type=none', // loopback may be no Endpoint
      `--tls-cert-file=${write('apiserver.crt', serving.certificate)}`, `--tls-private-key-file=${write('apiserver.key', serving.key)}`,
      `--cert-dir=${this.dir}`,
      `--token-auth-file=${write('tokens.csv', users.join('\n') + '\n')}`,
      `--authentication-token-webhook-config-file=${webhook}`, '--authentication-token-webhook-version=v1',
      '--authentication-token-webhook-cache-ttl=0s', // a changed access entry counts for the next token
      `--audit-policy-file=${write('audit-policy.json', JSON.stringify(auditPolicy()))}`, `--audit-log-path=${this.auditLog}`,
      '--authorization-mode=Node,RBAC', '--enable-admission-plugins=NodeRestriction',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${write('service-accounts.pub', serviceAccounts.publicKey)}`,
      `--service-account-signing-key-file=${write('service-accounts.key', serviceAccounts.privateKey)}`,
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      `--kubelet-client-certificate=${write('kubelet-client.crt', kubeletClient.certificate)}`,
      `--kubelet-client-key=${write('kubelet-client.key', kubeletClient.key)}`,
      `--kubelet-certificate-authority=${certificateAuthority}`, '--kubelet-preferred-address-types=InternalIP',
      '--profiling=false', '--shutdown-delay-duration=0s',
    ];
    this.run('kube-apiserver', this.apiServerArguments);
  }

  private run(name: string, args: string[]): void {
    this.started.push(this.options.processes.start(name, this.options.parts[name], args));
  }

  /** One that finds no API server at its start ends, and EKS would bring it back. */
  private keepRunning(name: string, args: string[]): void {
    const { parts, processes } = this.options;
    const index = this.started.length;
    const start = () => {
      this.started[index] = processes.start(name, parts[name], args, { onUnexpectedExit: () => setTimeout(again, AGAIN_AFTER_MS).unref() });
    };
    const again = () => {
      if (!this.isStopping) start();
    };
    start();
  }

  private async untilReady(): Promise<void> {
    const health = new Health(loadKubeconfig(this.adminKubeconfig));
    const ended = this.started.filter(({ name }) => name === 'etcd' || name === 'kube-apiserver').map(async part => {
      await part.exited;
      throw new Error(`${part.name} ended at its start. Its last lines:\n${part.tail()}`);
    });
    await Promise.race([until('kube-apiserver to be ready', async () => health.readyz({}), { timeout: 60_000 }), ...ended]);
    for (const promise of ended) promise.catch(() => undefined); // from now on an end is reported by whoever needs the part
  }
}

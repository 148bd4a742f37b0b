import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CoreV1Api, PatchStrategy, setHeaderOptions, V1Pod } from '@kubernetes/client-node';
import { ManagedProcess, Processes } from '../processes';
import { ClusterAccount } from './account';
import { adaptArguments, FluxController, fluxController, podEnvironment, ProcessPlace, readinessUrl } from './flux-arguments';
import { freePort } from './free-port';
import { ApiServer, writeKubeconfig } from './kubeconfig';
import { ANNOTATIONS, ProcessState } from './pod-annotations';
import { until } from './until';

export interface FluxProcessContext {
  readonly dir: string;
  readonly processes: Processes;
  readonly parts: Record<string, string>;
  readonly account: ClusterAccount;
  readonly server: ApiServer;
  readonly core: CoreV1Api;
  /** Role of a service account whose pod may have credentials now */
  roleOf(namespace: string, serviceAccount: string): string | undefined;
}

const TELL_AGAIN_MS = 500;

/** The process that stands for one pod of a Flux controller */
export class FluxProcess {
  private readonly container;
  private readonly controller: FluxController;
  private readonly dir: string;
  private process?: ManagedProcess;
  private place?: ProcessPlace;
  private wanted = true;
  private ends = 0;

  constructor(private readonly pod: V1Pod, private readonly context: FluxProcessContext) {
    this.container = pod.spec!.containers.find(container => fluxController(container))!;
    this.controller = fluxController(this.container)!;
    this.dir = join(context.dir, 'flux', pod.metadata!.name!);
  }

  /** Starts it as the kubelet would: with its service account, and ready when its probe says so. */
  public async start(): Promise<void> {
    const { context, container, controller, dir } = this;
    for (const folder of ['data', 'tmp']) mkdirSync(join(dir, folder), { recursive: true });
    const kubeconfig = writeKubeconfig(join(dir, 'kubeconfig'), context.server, controller, await this.serviceAccountToken());
    const place = this.place ??= { dir, healthPort: await freePort(), storagePort: await freePort() }; // the same after a restart, as a Service's address is
    const environment = this.environment(kubeconfig);
    if (!this.wanted) return;
    const args = adaptArguments(controller, container, environment, place);
    this.process = context.processes.start(this.pod.metadata!.name!, context.parts[controller], args, {
      env: environment,
      cwd: dir,
      onUnexpectedExit: () => void this.restart(),
    });
    const { process } = this;
    const url = readinessUrl(container, place);
    await until(`${controller} to be ready`, async () => !this.wanted || !process.running || (await fetch(url)).ok, { timeout: 120_000 });
    await this.tellReady(process);
  }

  /** Ends it; the pod's object may go when the process has. */
  public async stop(): Promise<void> {
    this.wanted = false;
    await this.process?.stop();
    await this.annotate('stopped');
  }

  /** Ends it in the middle of whatever it does; what follows is a restart like any other, of one that never crashed. */
  public kill(): void {
    this.ends = 0;
    this.process?.signal('SIGKILL');
  }

  public isOf(controller: FluxController): boolean {
    return this.controller === controller;
  }

  /** Started again after a pause that grows, as the kubelet does it. */
  public async restart(): Promise<void> {
    if (!this.wanted) return;
    this.ends += 1;
    await this.annotate('crashing').catch(() => undefined); // told again when the API server is back
    await new Promise(resolve => setTimeout(resolve, Math.min(1000 * 2 ** (this.ends - 1), 30_000)));
    if (this.wanted && !this.process?.running) await this.start().catch(() => this.restart());
  }

  private environment(kubeconfig: string): Record<string, string> {
    const { pod, container, context: { account }, dir } = this;
    const environment: Record<string, string> = {
      ...podEnvironment(pod, container),
      KUBECONFIG: kubeconfig,
      HOME: dir,
      TMPDIR: join(dir, 'tmp'),
      TUF_ROOT: join(dir, 'tmp', 'sigstore'),
      HTTPS_PROXY: account.proxyUrl,
      NO_PROXY: '127.0.0.1,localhost',
      SSL_CERT_FILE: account.caBundleFile,
      AWS_EC2_METADATA_DISABLED: 'true', // pods cannot reach the nodes' metadata: hop limit 1
    };
    if (environment.AWS_CONTAINER_CREDENTIALS_FULL_URI) { // its association existed when the pod was admitted
      delete environment.AWS_CONTAINER_CREDENTIALS_FULL_URI;
      delete environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
      const roleArn = this.context.roleOf(pod.metadata!.namespace!, pod.spec!.serviceAccountName!);
      if (roleArn) {
        const { uri, tokenFile } = account.podCredentialsUrl({ roleArn });
        environment.AWS_CONTAINER_CREDENTIALS_FULL_URI = uri;
        environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = tokenFile;
      }
    }
    return environment;
  }

  /** A token of the pod's own service account, so that its RBAC is what counts. */
  private async serviceAccountToken(): Promise<string> {
    const request = await this.context.core.createNamespacedServiceAccountToken({
      namespace: this.pod.metadata!.namespace!,
      name: this.pod.spec!.serviceAccountName!,
      body: { spec: { audiences: [], expirationSeconds: 24 * 60 * 60 } },
    });
    return request.status!.token!;
  }

  /** The API server may be away, and nobody else would say so later. */
  private async tellReady(process: ManagedProcess): Promise<void> {
    while (this.wanted && process.running) {
      const told = await this.annotate('ready').then(() => true, () => false);
      if (told) return;
      await new Promise(resolve => setTimeout(resolve, TELL_AGAIN_MS));
    }
  }

  private async annotate(state: ProcessState): Promise<void> {
    const { name, namespace } = this.pod.metadata!;
    await this.context.core.patchNamespacedPod(
      { name: name!, namespace: namespace!, body: { metadata: { annotations: { [ANNOTATIONS.process]: state } } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    ).catch(error => {
      if (error.code !== 404) throw error;
    });
  }
}

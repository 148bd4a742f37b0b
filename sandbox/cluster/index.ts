import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AdmissionregistrationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { Processes } from '../processes';
import { ClusterAccount } from './account';
import { reviewPod, webhookConfiguration } from './admission-webhook';
import { CertificateAuthority } from './certificates';
import { ControlPlane } from './control-plane';
import { EksState, ImageFault } from './eks-state';
import { FLUX_CONTROLLERS } from './flux-arguments';
import { FluxControllers } from './flux-controllers';
import { loadKubeconfig } from './kubeconfig';
import { KwokNodes } from './kwok-nodes';
import { NodeGroup } from './node-group';
import { eksResourceTypes } from './resource-types';
import { reviewToken } from './token-review';
import { Webhooks } from './webhooks';

export type { ClusterAccount, VerifiedToken } from './account';
export type { ImageFault } from './eks-state';

export interface ClusterOptions {
  /** The run folder's part for the cluster */
  readonly dir: string;
  readonly processes: Processes;
  /** Programs by name, as built from `sandbox/parts` */
  readonly parts: Record<string, string>;
  readonly nodes: 'real' | 'kwok' | 'auto';
  readonly account: ClusterAccount;
  readonly onProgress?: (message: string) => void;
}

/**
 * What Amazon EKS would be: a control plane that knows AWS roles, nodes, and Flux's controllers
 *
 * It runs before the template asks for it; the template's EKS resources then name it, give it nodes and say who may
 * do what.
 */
export class Cluster {
  public static async start(options: ClusterOptions): Promise<Cluster> {
    mkdirSync(options.dir, { recursive: true });
    const { account, dir, parts, processes, onProgress } = options;
    const state = new EksState();
    const authority = new CertificateAuthority('sandbox-kubernetes');
    const controllers = FLUX_CONTROLLERS.filter(controller => parts[controller]);
    const webhooks = await Webhooks.start(authority.issue({ commonName: 'webhooks', hosts: ['127.0.0.1'] }), {
      '/token-review': async review => reviewToken(review, account, state),
      '/pods': async review => reviewPod(review, { state, realNode: false, controllers }),
    });
    processes.beforeStop('webhooks of the cluster', async () => webhooks.stop());
    const controlPlane = await ControlPlane.start({ dir, processes, parts, authority, tokenReviewUrl: webhooks.url('/token-review'), onProgress });
    const cluster = new Cluster(options, state, webhooks, controlPlane);
    await cluster.prepare();
    return cluster;
  }

  public readonly endpoint: string;
  /** PEM */
  public readonly certificateAuthority: string;
  /** A file for kubectl with every right */
  public readonly adminKubeconfig: string;
  public readonly nodes: 'real' | 'kwok' = 'kwok';
  private readonly config: KubeConfig;
  private readonly kwok: KwokNodes;
  private readonly flux: FluxControllers;
  private stopping?: Promise<void>;

  private constructor(
    private readonly options: ClusterOptions,
    private readonly state: EksState,
    private readonly webhooks: Webhooks,
    private readonly controlPlane: ControlPlane,
  ) {
    const { account, dir, parts, processes, onProgress } = options;
    this.endpoint = controlPlane.endpoint;
    this.certificateAuthority = controlPlane.certificateAuthority;
    this.adminKubeconfig = controlPlane.adminKubeconfig;
    this.config = loadKubeconfig(this.adminKubeconfig);
    const core = this.config.makeApiClient(CoreV1Api);
    this.kwok = new KwokNodes({ dir, processes, kwok: parts.kwok, kubeconfig: controlPlane.kubeconfigFor('kwok'), core });
    this.flux = new FluxControllers({
      dir, processes, parts, account, core, server: controlPlane,
      // without its add-on nobody answers on the nodes
      roleOf: (namespace, serviceAccount) => state.addons.has('eks-pod-identity-agent') ? state.podIdentityOf(namespace, serviceAccount) : undefined,
    }, onProgress);
  }

  /** Runs kubectl with every right and returns what it prints. */
  public async kubectl(args: string[]): Promise<string> {
    const { dir, parts } = this.options;
    const env = { PATH: process.env.PATH ?? '', HOME: join(dir, 'home'), KUBECONFIG: this.adminKubeconfig };
    const { stdout } = await promisify(execFile)(parts.kubectl, args, { env: env as unknown as NodeJS.ProcessEnv, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  /**
   * Makes pods with an image of this digest fail from now on, on kwok nodes, which cannot know what an image holds.
   * On a real node the image itself does it.
   */
  public breakImage(digest: string, fault: ImageFault): void {
    this.state.brokenImages.set(digest, fault);
  }

  /** Ends the cluster: first what runs on it, then itself. */
  public async stop(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  private async prepare(): Promise<void> {
    const { account, processes } = this.options;
    await this.config.makeApiClient(AdmissionregistrationV1Api).createMutatingWebhookConfiguration({
      body: webhookConfiguration(this.webhooks.url('/pods'), this.certificateAuthority),
    });
    const types = eksResourceTypes(this.state, this, {
      addNodes: async group => this.addNodes(group),
      removeNodes: async group => this.kwok.remove(group),
    });
    for (const [type, handler] of Object.entries(types)) account.registerResourceType(type, handler);
    this.flux.start();
    processes.beforeStop('cluster', async () => this.stop());
  }

  private async addNodes(group: NodeGroup): Promise<void> {
    await this.kwok.add(group);
  }

  private async stopInOrder(): Promise<void> {
    await this.flux.stop();
    await this.kwok.stop();
    await this.controlPlane.stop();
    await this.webhooks.stop();
  }
}

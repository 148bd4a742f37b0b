import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AdmissionregistrationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { Processes } from '../processes';
import { ClusterAccount } from './account';
import { reviewPod, webhookConfiguration } from './admission-webhook';
import { AuditedRequest, readAudit } from './audit';
import { CertificateAuthority } from './certificates';
import { ControlPlane } from './control-plane';
import { EksState, ImageFault } from './eks-state';
import { FLUX_CONTROLLERS, FluxController } from './flux-arguments';
import { FluxControllers } from './flux-controllers';
import { loadKubeconfig } from './kubeconfig';
import { KwokNodes } from './kwok-nodes';
import { answerCredentialRequest } from './node/image-credentials';
import { RealNode } from './node/real-node';
import { NodeGroup } from './node-group';
import { eksResourceTypes } from './resource-types';
import { reviewToken } from './token-review';
import { Webhooks } from './webhooks';

export type { ClusterAccount, VerifiedToken } from './account';
export type { AuditedRequest, RequestedResource } from './audit';
export type { ImageFault } from './eks-state';
export type { FluxController } from './flux-arguments';

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
      '/pods': async review => reviewPod(review, { state, realNode: realNode !== undefined, controllers }),
      '/image-credentials': async () => answerCredentialRequest(account, state.nodeRoleArn!),
    });
    processes.beforeStop('webhooks of the cluster', async () => webhooks.stop());
    const [realNode, controlPlane] = await Promise.all([
      prepareRealNode(options),
      ControlPlane.start({ dir, processes, parts, authority, tokenReviewUrl: webhooks.url('/token-review'), onProgress }),
    ]);
    const cluster = new Cluster(options, { state, authority, webhooks, controlPlane, realNode });
    await cluster.prepare();
    return cluster;
  }

  public readonly endpoint: string;
  /** PEM */
  public readonly certificateAuthority: string;
  /** A file for kubectl with every right */
  public readonly adminKubeconfig: string;
  /** What pods that are not Flux's run on */
  public readonly nodes: 'real' | 'kwok';
  private readonly config: KubeConfig;
  private readonly core: CoreV1Api;
  private readonly kwok: KwokNodes;
  private readonly flux: FluxControllers;
  /** Name of the node group that has the real node */
  private realGroup?: string;
  private stopping?: Promise<void>;

  private constructor(private readonly options: ClusterOptions, private readonly made: ClusterParts) {
    const { account, dir, parts, processes, onProgress } = options;
    const { controlPlane, realNode, state } = made;
    this.nodes = realNode ? 'real' : 'kwok';
    this.endpoint = controlPlane.endpoint;
    this.certificateAuthority = controlPlane.certificateAuthority;
    this.adminKubeconfig = controlPlane.adminKubeconfig;
    this.config = loadKubeconfig(this.adminKubeconfig);
    const core = this.core = this.config.makeApiClient(CoreV1Api);
    this.kwok = new KwokNodes({ dir, processes, kwok: parts.kwok, kubeconfig: controlPlane.kubeconfigFor('kwok'), core });
    this.flux = new FluxControllers({
      dir,
      processes,
      parts,
      account,
      core,
      server: controlPlane,
      // without its add-on nobody answers on the nodes
      roleOf: (namespace, serviceAccount) => state.addons.has('eks-pod-identity-agent') ? state.podIdentityOf(namespace, serviceAccount) : undefined,
    }, onProgress);
  }

  /** As the template calls it, which tokens are made for. */
  public get name(): string {
    const { clusterName } = this.made.state;
    if (!clusterName) throw new Error('No template has created the cluster yet.');
    return clusterName;
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
   *
   * @param namespace the only one in which they fail; left out: in every one
   */
  public breakImage(digest: string, fault: ImageFault, namespace?: string): void {
    this.made.state.brokenImages.set(namespace ? `${namespace}/${digest}` : digest, fault);
  }

  /** Pods with that image run from now on; what made them fail was not in the image. */
  public mendImage(digest: string, namespace?: string): void {
    this.made.state.brokenImages.delete(namespace ? `${namespace}/${digest}` : digest);
  }

  /** Ends a Flux controller with SIGKILL, whatever it is doing; it comes back a moment later, as a kubelet would bring it. */
  public restartFlux(controller: FluxController): void {
    this.flux.kill(controller);
  }

  /**
   * Takes the API server away for a while: connections are cut and new ones refused, as behind a load balancer without a
   * target. What etcd holds stays. Resolves when the server is ready again.
   */
  public async apiServerAway(milliseconds: number): Promise<void> {
    return this.made.controlPlane.apiServerAway(milliseconds);
  }

  /** Who asked the API server for what so far, and what its authorizer said; without the parts of Kubernetes itself. */
  public audit(): AuditedRequest[] {
    return readAudit(this.made.controlPlane.auditLog);
  }

  /** Ends the cluster: first what runs on it, then itself. */
  public async stop(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  private async prepare(): Promise<void> {
    const { options: { account, processes }, made: { state, webhooks } } = this;
    await this.config.makeApiClient(AdmissionregistrationV1Api).createMutatingWebhookConfiguration({
      body: webhookConfiguration(webhooks.url('/pods'), this.certificateAuthority),
    });
    const types = eksResourceTypes(state, this, {
      addNodes: async group => this.addNodes(group),
      removeNodes: async group => this.removeNodes(group),
    });
    for (const [type, handler] of Object.entries(types)) account.registerResourceType(type, handler);
    this.flux.start();
    processes.beforeStop('cluster', async () => this.stop());
  }

  /** The first group gets the real node; Flux's pods need one of kwok's in any case. */
  private async addNodes(group: NodeGroup): Promise<void> {
    const { authority, controlPlane, realNode, state, webhooks } = this.made;
    const first = this.realGroup === undefined;
    if (first) [this.realGroup, state.nodeRoleArn] = [group.name, group.roleArn];
    const joined = realNode && first && realNode.join(group, {
      kubeconfig: controlPlane.kubeconfigFor('kubelet'),
      authority,
      core: this.core,
      credentialsUrl: webhooks.url('/image-credentials'),
      stopControllers: async () => controlPlane.stopControllers(),
    });
    await Promise.all([this.kwok.add(realNode ? { ...group, size: 1 } : group), joined]);
  }

  private async removeNodes(group: NodeGroup): Promise<void> {
    await this.kwok.remove(group);
    if (this.realGroup !== group.name) return;
    await this.made.realNode?.leave();
    this.realGroup = undefined;
  }

  private async stopInOrder(): Promise<void> {
    const { controlPlane, realNode, webhooks } = this.made;
    await this.flux.stop();
    await realNode?.stop();
    await this.kwok.stop();
    await controlPlane.stop();
    await webhooks.stop();
  }
}

interface ClusterParts {
  readonly state: EksState;
  readonly authority: CertificateAuthority;
  readonly webhooks: Webhooks;
  readonly controlPlane: ControlPlane;
  readonly realNode?: RealNode;
}

/** Where a real node is only wished for, a machine that does not allow it is no reason to stop. */
async function prepareRealNode({ nodes, onProgress, dir, processes, parts, account }: ClusterOptions): Promise<RealNode | undefined> {
  if (nodes === 'kwok') return undefined;
  try {
    return await RealNode.prepare({ dir: join(dir, 'node'), processes, parts, account, onProgress });
  } catch (error) {
    if (nodes === 'real') throw error;
    onProgress?.(`simulated nodes, since this machine cannot be a real one: ${(error as Error).message}`);
    return undefined;
  }
}

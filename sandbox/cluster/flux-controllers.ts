import type { V1Pod } from '@kubernetes/client-node';
import { FluxController } from './flux-arguments';
import { FluxProcess, FluxProcessContext } from './flux-process';
import { ANNOTATIONS, FLUX_NAMESPACE } from './pod-annotations';

/** How often pods are looked at; a node's kubelet is not much faster */
const INTERVAL = 200;

/**
 * Runs Flux's controllers as processes, one for each of their pods
 *
 * Deployments, replica sets and scheduling are Kubernetes' own; only where a kubelet would start a container, a
 * process starts. So restarts, rolling updates and deletion need no code here.
 */
export class FluxControllers {
  private readonly running = new Map<string, FluxProcess>();
  private readonly stopping = new Map<string, Promise<void>>();
  private timer?: NodeJS.Timeout;
  private looking?: Promise<void>;
  private stopped = false;

  constructor(private readonly context: FluxProcessContext, private readonly onProgress: (message: string) => void = () => undefined) {}

  public start(): void {
    this.timer = setTimeout(() => {
      this.looking = this.look().catch(error => this.onProgress(`Flux's pods could not be read: ${error.message}`)).finally(() => {
        if (!this.stopped) this.start();
      });
    }, INTERVAL);
  }

  public async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
    await Promise.all([...this.running.keys()].map(async uid => this.end(uid)));
    await Promise.all(this.stopping.values());
  }

  /** Ends a controller's processes by force; those who do a kubelet's work then start them again. */
  public kill(controller: FluxController): void {
    const processes = [...this.running.values()].filter(process => process.isOf(controller));
    if (processes.length === 0) throw new Error(`No ${controller} runs; ${[...this.running.values()].length} processes of other controllers do.`);
    for (const process of processes) process.kill();
  }

  private async look(): Promise<void> {
    const { items } = await this.context.core.listNamespacedPod({ namespace: FLUX_NAMESPACE });
    const pods = new Map(items.filter(isProcess).map(pod => [pod.metadata!.uid!, pod]));
    for (const [uid, pod] of pods) {
      if (pod.metadata!.deletionTimestamp) this.end(uid, pod);
      else if (pod.spec!.nodeName && !this.running.has(uid)) this.begin(uid, pod);
    }
    for (const uid of this.running.keys()) {
      if (!pods.has(uid)) this.end(uid);
    }
  }

  private begin(uid: string, pod: V1Pod): void {
    const process = new FluxProcess(pod, this.context);
    this.running.set(uid, process);
    process.start().catch(async error => {
      this.onProgress(`${pod.metadata!.name} could not be started: ${error.message}`);
      await process.restart(); // what it needs of the API server may be there then
    });
  }

  private end(uid: string, pod?: V1Pod): void {
    if (this.stopping.has(uid)) return;
    const process = this.running.get(uid) ?? (pod && new FluxProcess(pod, this.context));
    const ended = (process?.stop() ?? Promise.resolve())
      .catch(error => this.onProgress(`${pod?.metadata?.name ?? uid} was not stopped cleanly: ${error.message}`))
      .finally(() => {
        this.running.delete(uid);
        this.stopping.delete(uid);
      });
    this.stopping.set(uid, ended);
  }
}

function isProcess(pod: V1Pod): boolean {
  const state = pod.metadata?.annotations?.[ANNOTATIONS.process];
  return state !== undefined && state !== 'stopped';
}

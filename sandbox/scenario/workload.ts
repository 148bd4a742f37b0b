import type { Cluster } from '../cluster';

/** What runs of an application in one environment's namespace, as the cluster says it */
export class Workload {
  constructor(private readonly cluster: Cluster, public readonly namespace: string, private readonly application: string) {}

  /** Digests that the Deployment asks for. */
  public async digest(): Promise<string | undefined> {
    const deployment = await this.json(['get', 'deployment', this.application, '--ignore-not-found', '--output=json']);
    return deployment?.spec.template.spec.containers[0].image.split('@')[1];
  }

  /** How many pods are ready, and how many there should be. */
  public async ready(): Promise<{ ready: number; wanted: number }> {
    const deployment = await this.json(['get', 'deployment', this.application, '--ignore-not-found', '--output=json']);
    return { ready: deployment?.status.readyReplicas ?? 0, wanted: deployment?.spec.replicas ?? 0 };
  }

  /** The application's page, fetched from a ready pod; undefined where nodes are simulated. */
  public async page(): Promise<string | undefined> {
    if (this.cluster.nodes !== 'real') return undefined;
    const { items } = await this.json(['get', 'pods', `--selector=app.kubernetes.io/name=${this.application}`, '--output=json']);
    const pod = items.find(({ status, metadata }: any) => !metadata.deletionTimestamp
      && status.conditions?.some(({ type, status: value }: any) => type === 'Ready' && value === 'True'));
    if (!pod) throw new Error(`No pod of ${this.application} is ready in ${this.namespace}.`);
    const response = await fetch(`http://${pod.status.podIP}:8080/`);
    return response.text();
  }

  private async json(args: string[]): Promise<any> {
    const text = await this.cluster.kubectl(['--namespace', this.namespace, ...args]);
    return text ? JSON.parse(text) : undefined;
  }
}

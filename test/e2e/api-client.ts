import { Agent, request } from 'node:https';
import { Cluster } from '../../sandbox/cluster';
import { loadKubeconfig } from '../../sandbox/cluster/kubeconfig';

/** What the API server answered */
export interface Answer {
  readonly status: number;
  readonly body: any;
}

export const MERGE_PATCH = 'application/merge-patch+json';

/** Requests as they are, of whatever kind and however wrong: a client library would not let them through */
export class ApiClient {
  /** Somebody with every right. */
  public static admin(cluster: Cluster): ApiClient {
    return new ApiClient(cluster, loadKubeconfig(cluster.adminKubeconfig).getCurrentUser()!.token!);
  }

  private readonly agent: Agent;

  constructor(private readonly cluster: Pick<Cluster, 'endpoint' | 'certificateAuthority'>, private readonly token: string) {
    this.agent = new Agent({ keepAlive: true, ca: cluster.certificateAuthority });
  }

  public async send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.cluster.endpoint}${path}`, {
        method,
        agent: this.agent,
        headers: { 'authorization': `Bearer ${this.token}`, 'accept': 'application/json', 'content-type': contentType, 'content-length': Buffer.byteLength(text) },
      }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk)).on('error', reject).on('end', () => {
          resolve({ status: response.statusCode!, body: parse(Buffer.concat(chunks).toString()) });
        });
      });
      outgoing.on('error', reject).end(text);
    });
  }

  /** A request that has to succeed. */
  public async ask(method: string, path: string, body?: unknown, contentType?: string): Promise<any> {
    const answer = await this.send(method, path, body, contentType);
    if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.message ?? JSON.stringify(answer.body)}`);
    return answer.body;
  }

  public close(): void {
    this.agent.destroy();
  }
}

/** Not everything that the server refuses gets that far that it answers in JSON. */
function parse(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

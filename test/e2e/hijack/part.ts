import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sandbox } from '../../../sandbox';
import { ACCOUNT, REGION } from '../../../sandbox/account/constants';
import { type Clone, Developer } from '../../../sandbox/scenario/developer';
import { connect } from '../../../src/kubernetes/connect';
import type { KubernetesApi } from '../../../src/kubernetes/kubernetes-api';
import { clusterToken } from '../../../src/kubernetes/token';
import { Answer, ApiClient } from '../api-client';

/** A part that was taken over: all that its own role's credentials can do */
export class Part {
  /** @param role logical id in the template, without its hash */
  public static of(sandbox: Sandbox, role: string): Part {
    const name = deployed(sandbox, role).split('/').pop();
    return new Part(sandbox, `arn:aws:iam::${ACCOUNT}:role/${name}`);
  }

  private constructor(private readonly sandbox: Sandbox, public readonly roleArn: string) {}

  /** A client of a service that acts as the part. */
  public client<T>(Client: new (options: any) => T): T {
    return new Client({
      region: REGION,
      endpoint: this.sandbox.account.endpointUrl,
      credentials: () => this.sandbox.account.sessionFor(this.roleArn),
      forcePathStyle: true,
      maxAttempts: 1, // what is refused stays refused
    });
  }

  /** A request to the cluster with the token that the part would make. */
  public async kubernetes(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer> {
    const api = new ApiClient(this.sandbox.cluster, await this.token());
    try {
      return await api.send(method, path, body, contentType);
    } finally {
      api.close();
    }
  }

  /** The cluster as the part's own code reaches it. */
  public connect(): KubernetesApi {
    const { name, endpoint, certificateAuthority } = this.sandbox.cluster;
    return connect({
      clusterName: name,
      endpoint,
      certificateAuthority: Buffer.from(certificateAuthority).toString('base64'),
      region: REGION,
      token: async () => this.token(),
    });
  }

  private async token(): Promise<string> {
    return clusterToken({ clusterName: this.sandbox.cluster.name, region: REGION, credentials: await this.sandbox.account.sessionFor(this.roleArn) });
  }

  public async clone(repository: string): Promise<Clone> {
    const folder = mkdtempSync(join(this.sandbox.dir, 'hijacked-'));
    return new Developer(this.sandbox.account, this.roleArn, folder).clone(repository);
  }

  /** Clones a repository, commits and pushes; rejects with what Git said. */
  public async push(repository: string, reference: string, file: string, content: string): Promise<void> {
    const clone = await this.clone(repository);
    const path = join(clone.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    await clone.git(['add', '--all']);
    await clone.git(['commit', '--quiet', '--message', 'innocent']);
    await clone.git(['push', '--quiet', 'origin', `HEAD:${reference}`]);
  }
}

/** Name or ARN of what a template calls so, without the hash of its logical id. */
export function deployed(sandbox: Sandbox, logicalId: string): string {
  const found = sandbox.account.deployments.flatMap(({ logicalIds }) => Object.entries(logicalIds)).find(([, id]) => id.replace(/[0-9A-F]{8}$/, '') === logicalId);
  if (!found) throw new Error(`No template has ${logicalId}; name it anew here, too.`);
  return found[0];
}

import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Sandbox } from '../../../sandbox';
import { ACCOUNT, REGION } from '../../../sandbox/account/constants';
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

  /** The folder of a new clone. */
  public async clone(repository: string): Promise<string> {
    const folder = mkdtempSync(join(this.sandbox.dir, 'hijacked-'));
    await this.git(repository, ['clone', '--quiet', this.sandbox.account.gitRemote(repository), folder], this.sandbox.dir);
    return folder;
  }

  /** Clones a repository, commits and pushes; rejects with what Git said. */
  public async push(repository: string, reference: string, file: string, content: string): Promise<void> {
    const folder = await this.clone(repository);
    await promisify(execFile)('bash', ['-c', 'mkdir -p "$(dirname "$0")" && printf %s "$1" > "$0"', file, content], { cwd: folder });
    await this.git(repository, ['add', '--all'], folder);
    await this.git(repository, ['-c', 'user.name=Dev Eloper', '-c', 'user.email=dev@example.com', 'commit', '--quiet', '--message', 'innocent'], folder);
    await this.git(repository, ['push', '--quiet', 'origin', `HEAD:${reference}`], folder);
  }

  private async git(repository: string, args: string[], cwd: string): Promise<string> {
    const environment = await this.sandbox.account.gitEnvironment(this.roleArn, repository);
    const { stdout } = await promisify(execFile)('git', args, { cwd, env: { ...process.env, ...environment } });
    return stdout.trim();
  }
}

/** Name or ARN of what a template calls so, without the hash of its logical id. */
export function deployed(sandbox: Sandbox, logicalId: string): string {
  const found = sandbox.account.deployments.flatMap(({ logicalIds }) => Object.entries(logicalIds)).find(([, id]) => id.replace(/[0-9A-F]{8}$/, '') === logicalId);
  if (!found) throw new Error(`No template has ${logicalId}; name it anew here, too.`);
  return found[0];
}

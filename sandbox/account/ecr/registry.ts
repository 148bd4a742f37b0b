import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Processes } from '../../processes';
import { forward, freePort } from '../http';

/** The OCI registry process that keeps every layer and manifest; nothing but the sandbox's own ends talks to it. */
export class Registry {
  public static async start(dir: string, processes: Processes, binary: string): Promise<Registry> {
    const port = await freePort();
    const child = processes.start('registry', binary, ['-port', String(port)], { env: { HOME: dir, TMPDIR: dir }, logFile: join(processes.dir, 'logs', 'registry.log') });
    const registry = new Registry(port);
    for (let i = 0; !await registry.ready(); i++) {
      if (!child.running || i > 200) throw new Error(`The registry did not start: ${child.tail()}`);
      await sleep(25);
    }
    return registry;
  }

  private constructor(readonly port: number) {}

  public async putManifest(repository: string, reference: string, manifest: string, mediaType: string): Promise<void> {
    const body = Buffer.from(manifest);
    const headers = { 'host': 'registry', 'content-type': mediaType, 'content-length': body.length };
    const answer = await forward(this.port, 'PUT', `/v2/${repository}/manifests/${reference}`, headers, body);
    if (answer.status >= 300) throw new Error(`The registry refused the manifest of ${repository}:${reference}: ${answer.body.toString()}`);
  }

  public async hasBlob(repository: string, digest: string): Promise<boolean> {
    return (await forward(this.port, 'HEAD', `/v2/${repository}/blobs/${digest}`, { host: 'registry' }, Buffer.alloc(0))).status === 200;
  }

  private async ready(): Promise<boolean> {
    return forward(this.port, 'GET', '/v2/', { host: 'registry' }, Buffer.alloc(0)).then(answer => answer.status === 200, () => false);
  }
}

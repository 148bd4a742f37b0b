import type { IncomingMessage } from 'node:http';
import { createServer, Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { KeyPair } from './certificates';

/** Answers one path: takes a JSON body, returns one */
export type Webhook = (body: any) => Promise<unknown>;

/** What the API server and the node ask the sandbox, over TLS on loopback */
export class Webhooks {
  public static async start(serving: KeyPair, webhooks: Record<string, Webhook>): Promise<Webhooks> {
    const server = createServer({ cert: serving.certificate, key: serving.key }, (request, response) => {
      void answer(request, webhooks).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return new Webhooks(server);
  }

  private constructor(private readonly server: Server) {}

  public url(path: string): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>(resolve => this.server.close(() => resolve()));
  }
}

async function answer(request: IncomingMessage, webhooks: Record<string, Webhook>): Promise<{ status: number; body: unknown }> {
  const webhook = webhooks[(request.url ?? '').split('?')[0]];
  if (!webhook) return { status: 404, body: { error: `no ${request.url} here` } };
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return { status: 200, body: await webhook(JSON.parse(Buffer.concat(chunks).toString() || '{}')) };
  } catch (error) {
    return { status: 500, body: { error: (error as Error).message } };
  }
}

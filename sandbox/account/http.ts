import { Agent, createServer, IncomingMessage, request, RequestListener, Server } from 'node:http';
import { AddressInfo } from 'node:net';

/** One pool for the sandbox's own hops; kept small loopback connections save a handshake per call. */
export const loopbackAgent = new Agent({ keepAlive: true, maxSockets: 64 });

export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A server on a free loopback port. */
export async function listen(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener);
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>(resolve => server.close(() => resolve()));
}

export interface Answer { status: number; headers: IncomingMessage['headers']; rawHeaders: string[]; body: Buffer }

/** Sends a request as it is, so that a signature over its headers stays valid. */
export function forward(port: number, method: string, path: string, headers: Record<string, any> | string[], body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers: headers as any, agent: loopbackAgent, setHost: false }, incoming => {
      readBody(incoming).then(
        answer => resolve({ status: incoming.statusCode ?? 502, headers: incoming.headers, rawHeaders: incoming.rawHeaders, body: answer }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export async function freePort(): Promise<number> {
  const { server, port } = await listen(() => {});
  await close(server);
  return port;
}

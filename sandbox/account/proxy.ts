import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { CertificateAuthority } from './tls';

export type HostHandler = (incoming: IncomingMessage, outgoing: ServerResponse, host: string) => Promise<void>;

/**
 * The way to AWS's own host names: a CONNECT proxy that ends TLS with the sandbox's authority
 *
 * It knows the hosts that the account plays and refuses all others, so nothing of a run can reach the real services.
 */
export class HostProxy {
  public static async start(authority: CertificateAuthority, knows: (host: string) => boolean, handler: HostHandler): Promise<HostProxy> {
    const server = createServer((_incoming, outgoing) => outgoing.writeHead(403).end('Only CONNECT is served here.\n'));
    const inner = createServer((incoming, outgoing) => {
      const host = String((incoming.socket as TLSSocket & { host?: string }).host);
      handler(incoming, outgoing, host).catch(error => {
        if (outgoing.headersSent) outgoing.destroy();
        else outgoing.writeHead(500).end(`${error.message}\n`);
      });
    });
    const open = new Set<Socket>();
    server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
      const [host, port] = request.url!.split(':');
      if (port !== '443' || !knows(host)) {
        socket.end(`HTTP/1.1 403 Forbidden\r\n\r\nThe sandbox does not play ${request.url}.\r\n`);
        return;
      }
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) socket.unshift(head);
      const secure = new TLSSocket(socket, { isServer: true, secureContext: authority.contextFor(host), ALPNProtocols: ['http/1.1'] });
      secure.on('error', () => socket.destroy());
      Object.assign(secure, { host });
      inner.emit('connection', secure);
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return new HostProxy(server, open);
  }

  public readonly url: string;

  private constructor(private readonly server: Server, private readonly open: Set<Socket>) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    this.server.closeAllConnections();
    await new Promise<void>(resolve => this.server.close(() => resolve()));
  }
}

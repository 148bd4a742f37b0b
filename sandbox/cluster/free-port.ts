import { createServer } from 'node:net';

/** A port may be handed out before its process listens on it, so it is not given twice. */
const given = new Set<number>();

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address() as { port: number };
        server.close(() => resolve(address.port));
      });
    });
    if (!given.has(port)) {
      given.add(port);
      return port;
    }
  }
}

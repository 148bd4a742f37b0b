import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below those that the kernel gives to connections: a client that tries to reach a process that is being restarted could be
 * given that very port as its own, and the process would not get it back.
 */
const PORTS = { from: 20_000, to: 32_000 };

/** A port may be handed out before its process listens on it, so it is not given twice. */
const given = new Set<number>();

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

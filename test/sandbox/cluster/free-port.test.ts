import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { freePort } from '../../../sandbox/cluster/free-port';

test('a port is none that the kernel may give to a connection meanwhile', async () => {
  const [firstOfConnections] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/).map(Number);
  for (let ports = 0; ports < 50; ports++) expect(await freePort()).toBeLessThan(firstOfConnections);
});

test('a port is given once, though several ask at the same time, and nobody listens on it', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, async () => freePort()));
  expect(new Set(ports).size).toBe(50);
  const servers = await Promise.all(ports.map(async (port) => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer().once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  })));
  for (const server of servers) server.close();
});

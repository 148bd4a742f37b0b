import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { pathToFileURL } from 'node:url';

// Change this line, push, and watch it reach the cluster.
export const title = 'Hello, version 1';

export function createApplication() {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, 'text/plain', 'Only GET is answered here.\n', { allow: 'GET, HEAD' });
    }
    switch (pathname) {
      case '/': return answer(response, 200, 'text/html', page());
      case '/healthz': return answer(response, 200, 'text/plain', 'ok\n');
      default: return answer(response, 404, 'text/plain', `There is nothing at ${pathname}.\n`);
    }
  });
}

function answer(response, status, type, body, headers = {}) {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...headers,
  }).end(response.req.method === 'HEAD' ? undefined : body);
}

function page() {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
<p>Answered by ${hostname()}.</p>
</html>
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const port = Number(process.env.PORT ?? 8080);
  const server = createApplication().listen(port, () => console.log(`${title}: listening on port ${server.address().port}`));
  // As the container's first process, Node would ignore these signals and be killed only after the grace period.
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => server.close().closeIdleConnections());
  }
}

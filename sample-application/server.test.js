import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { createApplication, title } from './server.js';

const server = createApplication();
let url;

before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

test('shows the title on the page', async () => {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/html/);
  assert.ok((await response.text()).includes(`<h1>${title}</h1>`));
});

test('is healthy', async () => {
  const response = await fetch(`${url}/healthz`);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), 'ok\n');
});

test('knows nothing else', async () => {
  assert.equal((await fetch(`${url}/missing`)).status, 404);
});

test('takes no other method', async () => {
  const response = await fetch(url, { method: 'POST', body: 'x' });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get('allow'), 'GET, HEAD');
});

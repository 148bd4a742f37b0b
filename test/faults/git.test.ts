import { FaultShop, OVERLAY, SETUP_MILLISECONDS, until } from './fault-shop';

let it: FaultShop;

beforeAll(async () => { it = await FaultShop.start(); }, SETUP_MILLISECONDS);
afterEach(async () => it.clear());
afterAll(async () => it?.stop('faults-git'));

test('of two pushes at once both are built upon, and the newer one runs in the end', async () => {
  const other = await it.shop.developer.clone('shop-shop', 'colleague');
  const theirs = async () => other.push('README.md', text => `${text}\nA line of a colleague.\n`, 'docs: a line').catch(async (error) => {
    expect(String(error)).toMatch(/fetch first|non-fast-forward|cannot lock ref|failed to push/);
    await other.pull();
    await other.git(['push', '--quiet', 'origin', 'HEAD:main']);
  });
  const mine = async () => it.push().catch(async () => {
    await it.application.pull();
    await it.application.git(['push', '--quiet', 'origin', 'HEAD:main']);
  });
  await Promise.all([mine(), theirs()]);
  const [newer, older] = (await it.application.git(['ls-remote', 'origin', 'main']).then(async (line) => {
    await it.application.pull();
    return it.application.git(['log', '-2', '--format=%H', line.split('\t')[0]]);
  })).split('\n');
  expect(older).toMatch(/^[0-9a-f]{40}$/);
  await it.pipeline.executionOf(newer);
  await it.settle();
  await it.expectDelivered(newer);
});

test('a commit of a person between the reading and the push of Flux is kept', async () => {
  const commit = await it.push();
  await it.pipeline.executionOf(commit);
  let between: string | undefined;
  it.sandbox.account.ends.before('git', 'git-receive-pack', async () => { between = await it.personCommits(); });
  expect((await it.follow(commit)).status).toBe('Succeeded');
  expect(between).toMatch(/^[0-9a-f]{40}$/);
  await it.expectDelivered(commit);
});

test('a commit of a person between the reading and the commit of the deploy function is kept', async () => {
  const commit = await it.push();
  await it.pipeline.executionOf(commit);
  let between: string | undefined;
  it.sandbox.account.ends.before('codecommit', 'CreateCommit', async () => { between = await it.personCommits(); });
  expect((await it.follow(commit)).status).toBe('Succeeded');
  expect(between).toMatch(/^[0-9a-f]{40}$/);
  await it.expectDelivered(commit);
});

test('what the infrastructure repository is forced back to runs, and the next commit comes after it', async () => {
  await it.infrastructure.pull();
  const before = (await it.infrastructure.git(['log', '-2', '--format=%H', '--grep=^deploy(shop): production'])).split('\n')[1];
  const digest = /digest: (\S+)/.exec(await it.infrastructure.git(['show', `${before}:${OVERLAY}`]))![1];
  expect(await it.shop.production.digest()).not.toBe(digest);
  // as somebody would who throws the newest deployment away, and keeps what colleagues wrote
  const thrown = (await it.infrastructure.git(['log', '-1', '--format=%H', '--grep=^deploy(shop): production']));
  await it.infrastructure.git(['rebase', '--quiet', '--onto', `${thrown}^`, thrown, 'main']);
  await it.infrastructure.git(['push', '--quiet', '--force', 'origin', 'HEAD:main']);
  await until('production runs what Git says', async () => await it.shop.production.digest() === digest ? undefined : `it runs ${await it.shop.production.digest()}`);

  const commit = await it.push();
  expect((await it.follow(commit)).status).toBe('Succeeded');
  await it.expectDelivered(commit);
});

test('the infrastructure repository forced back while a deployment is about to commit: it commits on what is there then', async () => {
  const commit = await it.push();
  await it.pipeline.executionOf(commit);
  let forced = false;
  it.sandbox.account.ends.before('codecommit', 'CreateCommit', async () => {
    await it.infrastructure.git(['fetch', '--quiet', 'origin']);
    await it.infrastructure.git(['reset', '--quiet', '--hard', 'origin/main']);
    await it.infrastructure.git(['commit', '--quiet', '--amend', '--message', 'chore: in other words']);
    await it.infrastructure.git(['push', '--quiet', '--force', 'origin', 'HEAD:main']);
    forced = true;
  });
  expect((await it.follow(commit)).status).toBe('Succeeded');
  expect(forced).toBe(true);
  await it.expectDelivered(commit);
});

test('the application repository forced to another commit: that one is delivered', async () => {
  await it.application.pull();
  await it.application.git(['commit', '--quiet', '--amend', '--message', 'feat: the same in other words']);
  await it.application.git(['push', '--quiet', '--force', 'origin', 'HEAD:main']);
  const commit = await it.application.git(['rev-parse', 'HEAD']);
  expect((await it.follow(commit)).status).toBe('Succeeded');
  await it.expectDelivered(commit);
});

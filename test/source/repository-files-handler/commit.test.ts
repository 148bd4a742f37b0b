import { FakeCodeCommit, noWait } from './fake-code-commit';
import { Change, commitFiles, CommitFilesRequest } from '../../../src/source/repository-files-handler/commit';

const put = (files: Record<string, string>, remove: string[] = []): Change =>
  ({ put: Object.entries(files).map(([path, content]) => ({ path, content })), delete: remove, message: 'ours' });

const commit = (fake: FakeCodeCommit, change: Change | CommitFilesRequest['change'] | undefined, options: Partial<CommitFilesRequest> = {}) =>
  commitFiles(fake, {
    repository: 'infrastructure', branch: 'main', clock: noWait, change: typeof change === 'function' ? change : async () => change, ...options,
  });

const created = (fake: FakeCodeCommit) => fake.requests.filter(({ operation }) => operation === 'CreateCommit');

test('gives an empty repository its first commit', async () => {
  const fake = new FakeCodeCommit();
  const result = await commit(fake, put({ 'a.yaml': 'ä' }), { author: { name: 'us' } });
  expect(fake.files()).toEqual({ 'a.yaml': 'ä' });
  expect(fake.log()).toEqual([expect.objectContaining({ id: result.commitId, message: 'ours', author: 'us', parent: undefined })]);
  expect(result).toMatchObject({ changed: true, parentCommitId: undefined });
});

test('names the parent and leaves out what is so already', async () => {
  const fake = new FakeCodeCommit();
  const parent = fake.write('main', { same: '1', other: '1', gone: '1' });
  const result = await commit(fake, put({ same: '1', other: '2' }, ['gone', 'never']));
  expect(created(fake)).toHaveLength(1);
  expect(created(fake)[0].input).toMatchObject({ parentCommitId: parent, putFiles: [{ filePath: 'other' }], deleteFiles: [{ filePath: 'gone' }] });
  expect(result).toEqual({ commitId: fake.log()[0].id, parentCommitId: parent, changed: true });
});

test('answers the newest commit where nothing has to change', async () => {
  const fake = new FakeCodeCommit();
  const commitId = fake.write('main', { same: '1' });
  for (const change of [put({ same: '1' }, ['never']), undefined]) {
    expect(await commit(fake, change)).toEqual({ commitId, parentCommitId: commitId, changed: false });
  }
  expect(created(fake)).toEqual([]);
});

test('takes an answer that nothing changed for a success', async () => {
  const fake = new FakeCodeCommit();
  fake.write('main', { same: '1' });
  fake.beforeRequest = (operation) => {
    if (operation === 'CreateCommit') { throw Object.assign(new Error(), { name: 'NoChangeException' }); }
  };
  expect(await commit(fake, put({ same: '2' }))).toMatchObject({ changed: false });
});

test('works the change out again when another commit came between', async () => {
  const fake = new FakeCodeCommit();
  fake.write('main', { counter: '1' });
  let pushes = 3;
  fake.beforeRequest = (operation) => {
    if (operation === 'CreateCommit' && pushes-- > 0) { fake.write('main', { counter: `${Number(fake.files().counter) + 1}` }); }
  };
  await commit(fake, async (read) => put({ counter: `${Number(await read('counter')) + 1}` }));
  expect(fake.files()).toEqual({ counter: '5' });
});

test.each(['ConcurrentReferenceUpdateException', 'ParentCommitDoesNotExistException'])('begins again after %s', async (name) => {
  const fake = new FakeCodeCommit();
  let refusals = 1;
  fake.beforeRequest = (operation) => {
    if (operation === 'CreateCommit' && refusals-- > 0) { throw Object.assign(new Error(), { name }); }
  };
  expect(await commit(fake, put({ a: '1' }))).toMatchObject({ changed: true });
});

test('adds to the first commit of somebody who was faster', async () => {
  const fake = new FakeCodeCommit();
  let once = true;
  fake.beforeRequest = (operation) => {
    if (operation === 'CreateCommit' && once) { once = false; fake.write('main', { theirs: '1' }); }
  };
  await commit(fake, put({ ours: '1' }));
  expect(fake.files()).toEqual({ theirs: '1', ours: '1' });
});

test('twenty that commit at once all get in', async () => {
  const fake = new FakeCodeCommit();
  await Promise.all(Array.from({ length: 20 }, (_, n) => commit(fake, put({ [`clusters/${n}.yaml`]: '1' }))));
  expect(Object.keys(fake.files())).toHaveLength(20);
});

test('gives up in the end, with CodeCommit\'s words', async () => {
  const fake = new FakeCodeCommit();
  fake.write('main', { n: '0' });
  fake.beforeRequest = (operation) => { if (operation === 'CreateCommit') { fake.write('main', { n: `${fake.commits.size}` }); } };
  await expect(commit(fake, put({ a: '1' }), { retries: 3 })).rejects.toThrow('ParentCommitIdOutdatedException');
  expect(created(fake)).toHaveLength(4);
});

test('waits longer and longer, and never the same, before it begins again', async () => {
  const fake = new FakeCodeCommit();
  fake.write('main', { n: '0' });
  fake.beforeRequest = (operation) => { if (operation === 'CreateCommit') { fake.write('main', { n: `${fake.commits.size}` }); } };
  const waits: number[] = [];
  const clock = { now: () => 0, sleep: async (milliseconds: number) => { waits.push(milliseconds); } };
  await expect(commit(fake, put({ a: '1' }), { clock })).rejects.toThrow();
  expect(waits).toHaveLength(20);
  expect(Math.max(...waits)).toBeLessThanOrEqual(4_500);
  expect(waits[19]).toBeGreaterThan(waits[0]);
  expect(new Set(waits).size).toBe(20);
});

test('splits what one commit cannot take', async () => {
  const fake = new FakeCodeCommit();
  const parent = fake.write('main', Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`old/${n}`, '1'])));
  const files = Object.fromEntries(Array.from({ length: 230 }, (_, n) => [`new/${n}`, '1']));
  const continued: boolean[] = [];
  const result = await commit(fake, async (_read, head) => {
    continued.push(head.continued);
    return put(files, Array.from({ length: 30 }, (_, n) => `old/${n}`));
  });
  expect(fake.files()).toEqual(files);
  expect(continued).toEqual([false, true, true]);
  expect(result).toEqual({ commitId: fake.log()[0].id, parentCommitId: parent, changed: true });
});

test('fails on a repository that is not there', async () => {
  const fake = new FakeCodeCommit();
  fake.exists = false;
  await expect(commit(fake, put({ a: '1' }))).rejects.toThrow('The CodeCommit repository "infrastructure" does not exist');
});

test('fails on a branch that is missing beside others', async () => {
  const fake = new FakeCodeCommit();
  fake.write('master', { a: '1' });
  await expect(commit(fake, put({ a: '1' }))).rejects.toThrow('has commits but no branch "main"; create that branch, or name one that exists');
});

test('fails on a hostile path before it asks CodeCommit', async () => {
  const fake = new FakeCodeCommit();
  await expect(commit(fake, put({ '../a': '1' }))).rejects.toThrow('cannot be a file\'s path');
  await expect(commit(fake, put({}, ['.git/config']))).rejects.toThrow('cannot be a file\'s path');
  await expect(commit(fake, async (read) => { await read('/etc/passwd'); return undefined; })).rejects.toThrow('cannot be a file\'s path');
  expect(fake.requests.map(({ operation }) => operation)).toEqual(['GetBranch', 'GetBranch', 'GetBranch']);
});

test('reads text byte for byte and refuses what is none', async () => {
  const fake = new FakeCodeCommit();
  fake.write('main', { bom: '\ufeffkind: A\r\n' });
  fake.push('main', (tree) => tree.set('binary', Buffer.from([0xff, 0xfe])));
  await commit(fake, async (read) => { expect(await read('bom')).toBe('\ufeffkind: A\r\n'); return undefined; });
  await expect(commit(fake, async (read) => { await read('binary'); return undefined; })).rejects.toThrow('"binary" in the CodeCommit repository "infrastructure" is not UTF-8 text');
  await commit(fake, put({ binary: 'text' }));
  expect(fake.files().binary).toBe('text');
});

test('knows which folders there are', async () => {
  const fake = new FakeCodeCommit();
  await commit(fake, async (_read, head) => { expect(await head.hasFolder('apps')).toBe(false); return undefined; });
  fake.write('main', { 'apps/shop/base/a.yaml': '1' });
  await commit(fake, async (_read, head) => {
    expect(await Promise.all(['/', 'apps/shop', 'apps/shop/base/a.yaml', 'apps/sho'].map((path) => head.hasFolder(path)))).toEqual([true, true, false, false]);
    return undefined;
  });
});

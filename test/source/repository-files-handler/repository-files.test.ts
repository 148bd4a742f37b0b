import * as fc from 'fast-check';
import { FakeCodeCommit, noWait } from './fake-code-commit';
import { repositoryFiles } from '../../../src/source/repository-files-handler/repository-files';
import { readValue, replaceValue, ValuePath } from '../../../src/source/repository-files-handler/yaml-value';

const RELEASED: ValuePath = ['Kustomization', 'metadata', 'annotations', 'cdk-gitops-pipeline/released'];
const PRODUCTION = 'clusters/shop/shop-production.yaml';
const STAGING = 'clusters/shop/shop-staging.yaml';

const environment = (interval: string, released = 'none') => [
  '# managed by GitOpsPipeline; edits are overwritten',
  'apiVersion: v1', 'kind: Namespace', 'metadata:', '  name: shop', '---',
  'kind: Kustomization', 'metadata:', '  annotations:', `    cdk-gitops-pipeline/released: ${released} # why`, 'spec:', `  interval: ${interval}`, '',
].join('\n');
const managed = (path: string, interval = '10m') => ({ path, content: environment(interval), keep: [RELEASED] });
const seed = (path: string, content = 'seed\n') => ({ path, content });

interface Wanted { managed?: object[]; seeded?: object[]; confirmedRemovals?: string[]; repository?: string; branch?: string }

const properties = (wanted: Wanted) => ({
  ServiceToken: 'arn',
  RepositoryName: wanted.repository ?? 'infrastructure',
  Branch: wanted.branch ?? 'main',
  Managed: JSON.stringify(wanted.managed ?? []),
  Seeded: JSON.stringify(wanted.seeded ?? []),
  ...(wanted.confirmedRemovals ? { ConfirmedRemovals: JSON.stringify(wanted.confirmedRemovals) } : {}),
});

function resource(fake = new FakeCodeCommit()) {
  const handlers = repositoryFiles({ client: fake, clock: noWait });
  const event = { LogicalResourceId: 'Files', PhysicalResourceId: 'infrastructure/main/Files' } as any;
  return {
    fake,
    create: (wanted: Wanted): Promise<any> => handlers.create({ ...event, RequestType: 'Create', ResourceProperties: properties(wanted) }),
    update: (earlier: Wanted, wanted: Wanted): Promise<any> => handlers.update(
      { ...event, RequestType: 'Update', OldResourceProperties: properties(earlier), ResourceProperties: properties(wanted) }),
    delete: (wanted: Wanted): Promise<any> => handlers.delete({ ...event, RequestType: 'Delete', ResourceProperties: properties(wanted) }),
    raw: (type: 'create' | 'update' | 'delete', input: object, earlier: object = {}): Promise<any> =>
      handlers[type]({ ...event, ResourceProperties: input, OldResourceProperties: earlier }),
  };
}

const release = (fake: FakeCodeCommit, path: string, tag: string) => fake.write('main', { [path]: replaceValue(fake.files()[path], RELEASED, tag) });

describe('create', () => {
  test('fills an empty repository in one commit', async () => {
    const { fake, create } = resource();
    const result = await create({ managed: [managed(PRODUCTION)], seeded: [seed('apps/shop/base/a.yaml'), seed('README.md')] });
    expect(fake.files()).toEqual({ [PRODUCTION]: environment('10m'), 'apps/shop/base/a.yaml': 'seed\n', 'README.md': 'seed\n' });
    expect(fake.log()).toHaveLength(1);
    expect(result).toEqual({ physicalResourceId: 'infrastructure/main/Files', data: { CommitId: fake.log()[0].id } });
  });

  test('leaves a team\'s folder alone, what the team deleted there included', async () => {
    const { fake, create } = resource();
    fake.write('main', { 'apps/shop/base/mine.yaml': 'mine' });
    await create({ seeded: [seed('apps/shop/base/a.yaml'), seed('apps/shop/base/mine.yaml'), seed('apps/shop/production/a.yaml'), seed('README.md')] });
    expect(fake.files()).toEqual({ 'apps/shop/base/mine.yaml': 'mine', 'apps/shop/production/a.yaml': 'seed\n' });
  });

  test('is harmless when it is asked twice', async () => {
    const { fake, create } = resource();
    const wanted = { managed: [managed(PRODUCTION)], seeded: [seed('apps/a')] };
    expect(await create(wanted)).toEqual(await create(wanted));
    expect(fake.log()).toHaveLength(1);
  });

  test('seeds a folder whole although one commit cannot take it', async () => {
    const { fake, create } = resource();
    await create({ seeded: Array.from({ length: 150 }, (_, n) => seed(`apps/${n}`)) });
    expect(Object.keys(fake.files())).toHaveLength(150);
  });

  test('keeps a release that outlived another stack', async () => {
    const { fake, create } = resource();
    fake.write('main', { [PRODUCTION]: environment('10m', 'build-1') });
    await create({ managed: [managed(PRODUCTION, '5m')] });
    expect(fake.files()[PRODUCTION]).toBe(environment('5m', 'build-1'));
  });

  test('fails on a repository that is not there', async () => {
    const { fake, create } = resource();
    fake.exists = false;
    await expect(create({ managed: [managed(PRODUCTION)] })).rejects.toThrow('The CodeCommit repository "infrastructure" does not exist');
  });

  test.each([
    ['a hostile path', { managed: [managed('../x')] }, /Managed\.0\.path: "\.\.\/x": a path must not contain/],
    ['a path that is named twice', { managed: [managed('a')], seeded: [seed('a')] }, /: a named more than once/],
    ['a kept value without a key', { managed: [{ ...managed('a'), keep: [['Kustomization']] }] }, /Managed\.0\.keep\.0: a kept value/],
    ['content that is missing', { seeded: [{ path: 'a' }] }, /Seeded\.0\.content/],
    ['no repository', { repository: '' }, /RepositoryName/],
  ])('fails on %s and commits nothing', async (_, wanted: Wanted, message) => {
    const { fake, create } = resource();
    await expect(create(wanted)).rejects.toThrow(message);
    expect(fake.requests).toEqual([]);
  });

  test('fails on what is not JSON', async () => {
    await expect(resource().raw('create', { ...properties({}), Managed: '[{' })).rejects.toThrow('Managed: "[{" is not JSON');
  });
});

describe('update', () => {
  const before: Wanted = { managed: [managed(PRODUCTION), managed(STAGING)], seeded: [seed('apps/shop/base/a.yaml')] };

  async function released() {
    const made = resource();
    await made.create(before);
    release(made.fake, STAGING, 'build-1');
    return made;
  }

  test('overwrites edits of managed files but keeps what was released', async () => {
    const { fake, update } = await released();
    fake.write('main', { [STAGING]: fake.files()[STAGING].replace('10m', '1h # mine') });
    await update(before, { ...before, managed: [managed(PRODUCTION), managed(STAGING, '5m')] });
    expect(fake.files()[STAGING]).toBe(environment('5m', 'build-1'));
  });

  test('takes the comment beside a kept value from the construct', async () => {
    const { fake, update } = await released();
    const file = managed(STAGING);
    await update(before, { ...before, managed: [managed(PRODUCTION), { ...file, content: file.content.replace('# why', '# {"$imagepolicy": "x"}') }] });
    expect(fake.files()[STAGING]).toContain('released: build-1 # {"$imagepolicy": "x"}\n');
  });

  test('commits nothing when nothing changed', async () => {
    const { fake, update } = await released();
    const [{ id }] = fake.log();
    expect((await update(before, before)).data).toEqual({ CommitId: id });
    expect(fake.log()[0].id).toBe(id);
  });

  test('never touches a seed again, nor brings back what the team deleted', async () => {
    const { fake, update } = await released();
    fake.remove('main', 'apps/shop/base/a.yaml');
    await update(before, { ...before, managed: [managed(PRODUCTION, '1m'), managed(STAGING)], seeded: [seed('apps/shop/base/a.yaml', 'newer\n')] });
    expect(fake.files()).not.toHaveProperty(['apps/shop/base/a.yaml']);
  });

  test('writes seeds that are new, unless the team has such a file', async () => {
    const { fake, update } = await released();
    fake.write('main', { 'apps/shop/base/c.yaml': 'mine' });
    await update(before, { ...before, seeded: [...before.seeded!, seed('apps/shop/base/b.yaml'), seed('apps/shop/base/c.yaml')] });
    expect(fake.files()).toMatchObject({ 'apps/shop/base/b.yaml': 'seed\n', 'apps/shop/base/c.yaml': 'mine' });
  });

  test('fails on removing what was released, without a confirmation', async () => {
    const { fake, update } = await released();
    const [{ id }] = fake.log();
    await expect(update(before, { ...before, managed: [managed(PRODUCTION, '5m')] })).rejects.toThrow(
      `Removing ${STAGING} would delete the environment with its namespace and volumes; confirm it by naming the environment in removedEnvironments`);
    expect(fake.log()[0].id).toBe(id);
  });

  test.each([[true, false], [false, true]])('follows a file that says protected: %s', async (isProtected, goes) => {
    const { fake, update } = await released();
    const earlier = { managed: [{ ...managed(STAGING), protected: isProtected }, { path: 'notes', content: 'x', protected: isProtected }] };
    fake.write('main', { notes: 'x' });
    const result = update(earlier, {});
    if (goes) { await result; } else { await expect(result).rejects.toThrow(`Removing ${STAGING}, notes would`); }
    expect(Object.keys(fake.files()).includes(STAGING)).toBe(!goes);
  });

  test('removes what was released once it is confirmed', async () => {
    const { fake, update } = await released();
    await update(before, { ...before, managed: [managed(PRODUCTION)], confirmedRemovals: [STAGING] });
    expect(Object.keys(fake.files())).toEqual([PRODUCTION, 'apps/shop/base/a.yaml']);
  });

  test('takes back an environment that a failed deployment added', async () => {
    const { fake, update } = await released();
    await update(before, { ...before, managed: [managed(STAGING)] });
    expect(Object.keys(fake.files())).not.toContain(PRODUCTION);
  });

  test('asks no confirmation for a file that somebody removed, and none for what needs none', async () => {
    const { fake, update } = await released();
    fake.remove('main', STAGING);
    await update(before, { ...before, managed: [managed(PRODUCTION)] });
    const platform = { path: 'clusters/shop/platform.yaml', content: 'kind: ConfigMap\n' };
    await update({}, { managed: [platform] });
    await update({ managed: [platform] }, {});
    expect(Object.keys(fake.files())).not.toContain(platform.path);
  });

  test('leaves a managed file to the team that becomes a seed', async () => {
    const { fake, update } = await released();
    await update(before, { ...before, managed: [managed(PRODUCTION)], seeded: [...before.seeded!, seed(STAGING)] });
    expect(fake.files()[STAGING]).toBe(environment('10m', 'build-1'));
  });

  test('keeps a release although a person broke the file\'s YAML elsewhere', async () => {
    const { fake, update } = await released();
    fake.write('main', { [STAGING]: `${fake.files()[STAGING]}broken: [\n` });
    await update(before, before);
    expect(fake.files()[STAGING]).toBe(environment('10m', 'build-1'));
  });

  test('is a new resource on another branch or repository', async () => {
    const { fake, update } = await released();
    await expect(update(before, { ...before, branch: 'next' })).rejects.toThrow('no branch "next"');
    fake.write('next', { 'README.md': '1' });
    expect((await update(before, { ...before, branch: 'next' })).physicalResourceId).toBe('infrastructure/next/Files');
    expect(fake.files('next')).toEqual({ 'README.md': '1', [PRODUCTION]: environment('10m'), [STAGING]: environment('10m'), 'apps/shop/base/a.yaml': 'seed\n' });
    expect(fake.files('main')[STAGING]).toBe(environment('10m', 'build-1'));
  });

  test('rolls back from properties that were wrong', async () => {
    const { fake, raw } = await released();
    await raw('update', properties(before), { ...properties({ managed: [managed('../x'), managed('wrong.yaml')] }), Seeded: '{' });
    expect(Object.keys(fake.files())).toHaveLength(3);
  });
});

describe('delete', () => {
  test('takes managed files away, leaves seeds, asks nothing', async () => {
    const { fake, create, delete: remove } = resource();
    const wanted = { managed: [managed(PRODUCTION)], seeded: [seed('apps/a')] };
    await create(wanted);
    release(fake, PRODUCTION, 'build-1');
    expect(await remove(wanted)).toEqual({ physicalResourceId: 'infrastructure/main/Files' });
    expect(fake.files()).toEqual({ 'apps/a': 'seed\n' });
    await remove(wanted);
    expect(fake.log()).toHaveLength(3);
  });

  test.each(['repository', 'branch', 'properties'])('succeeds without a %s', async (what) => {
    const { fake, raw } = resource();
    if (what === 'repository') { fake.exists = false; }
    await raw('delete', { ...properties({ managed: [managed('a')] }), ...(what === 'properties' ? { Managed: 'x' } : {}) });
    expect(fake.commits.size).toBe(0);
  });
});

test('no interleaving loses a person\'s commit, a release or the construct\'s content', async () => {
  const edit = fc.record({
    before: fc.nat(14),
    what: fc.oneof(
      fc.record({ path: fc.constantFrom('apps/a', 'apps/b', 'README.md'), content: fc.string() }),
      fc.record({ release: fc.stringMatching(/^build-[0-9a-z]{1,8}$/) }),
      fc.constant({ edit: true }),
    ),
  });
  await fc.assert(fc.asyncProperty(fc.boolean(), fc.array(edit, { maxLength: 10 }), fc.constantFrom('1m', '10m', '1h'), async (empty, edits, interval) => {
    const { fake, create, update } = resource();
    if (!empty) { fake.write('main', { 'apps/a': 'first' }); }
    const before = { managed: [managed(STAGING)], seeded: [seed('apps/a'), seed('apps/b')] };
    const theirs = new Map<string, string>();
    const pushed: string[] = [];
    let tag = 'none';
    let request = 0;
    fake.beforeRequest = () => {
      for (const { what } of edits.filter((candidate) => candidate.before === request)) {
        if ('path' in what) {
          theirs.set(what.path, what.content);
          pushed.push(fake.write('main', { [what.path]: what.content }));
        } else if ('release' in what && fake.files()[STAGING]) {
          tag = what.release;
          pushed.push(release(fake, STAGING, tag));
        } else if ('edit' in what && fake.files()[STAGING]) {
          pushed.push(fake.write('main', { [STAGING]: fake.files()[STAGING].replace('interval', '# theirs\n  interval') }));
        }
      }
      request++;
    };
    await create(before);
    await update(before, { ...before, managed: [managed(STAGING, interval)] });
    fake.beforeRequest = undefined;
    await update(before, { ...before, managed: [managed(STAGING, interval)] });

    expect(fake.log().map(({ id }) => id)).toEqual(expect.arrayContaining(pushed));
    expect(fake.files()).toMatchObject({ ...Object.fromEntries(theirs), [STAGING]: environment(interval, tag) });
    const withoutParent = fake.log().filter(({ parent }) => parent === undefined);
    expect(withoutParent).toEqual([fake.log().at(-1)]);
  }), { numRuns: 200 });
});

test('a kept value survives whatever it is, and nothing else of the old file does', async () => {
  await fc.assert(fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), async (value, junk) => {
    const { fake, create } = resource();
    const current = `${replaceValue(environment('1s'), RELEASED, value)}# ${JSON.stringify(junk)}\n`;
    fake.write('main', { [STAGING]: current });
    await create({ managed: [managed(STAGING)] });
    const result = fake.files()[STAGING];
    expect(readValue(result, RELEASED)).toBe(value);
    expect(replaceValue(result, RELEASED, 'none').replace(/"none"/, 'none')).toBe(environment('10m'));
  }), { numRuns: 200 });
});

import { digest, World } from './world';

const A = digest('a');
const B = digest('b');
const C = digest('c');
/** Of one call's answer. */
const PAGE = 1_000;

/** The calls of one deployment, where A runs already and so much else is there. */
async function callsOfDeployment(promotion: 'commit' | 'tag', { files = 1, tags = 1, commits = 1 }): Promise<string[]> {
  const world = new World();
  world.promotion = promotion;
  [A, B, C].forEach((image) => world.ecr.images.add(image));
  times(commits, (index) => world.codeCommit.write('main', { 'README.md': `${index}\n` }));
  world.codeCommit.write('main', Object.fromEntries(times(files, (index) => [`apps/shop/base/part-${index}.yaml`, 'kind: ConfigMap\n'])));
  times(tags, (index) => world.ecr.tags.set(`production-${pastTime(index)}-00000000`, C));
  await world.act({ ...world.parameters(A, 'execution-0'), tag: 'build-20261124115800-00000000', commit: '0'.repeat(40) }, { job: 'first' });
  await world.pass(60_000);
  const before = world.calls.length;
  expect(await world.act(world.parameters(B))).toMatchObject({ failed: undefined });
  return world.calls.slice(before).flat();
}

function pastTime(index: number): string {
  return new Date(Date.UTC(2020, 0, 1) + index).toISOString().replace(/\D/g, '');
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const count = (calls: string[], name: string) => calls.filter((call) => call === name).length;

test('by commit, neither files nor tags cost a call', async () => {
  const calls = await callsOfDeployment('commit', { files: 10_000, tags: 10_000 });

  expect(calls).toEqual(await callsOfDeployment('commit', {}));
  expect(calls).not.toContain('ListImages');
});

test('by commit, only so many of people\'s commits are looked through', async () => {
  const calls = await callsOfDeployment('commit', { commits: 1_000 });

  expect(count(calls, 'GetCommit')).toBeGreaterThan(1);
  expect(calls).toEqual(await callsOfDeployment('commit', { commits: 200 }));
});

test('by tag, files cost no call, and tags one for each page of them, twice', async () => {
  const calls = await callsOfDeployment('tag', { files: 10_000, tags: 10 * PAGE });
  const few = await callsOfDeployment('tag', {});
  const others = (all: string[]) => all.filter((call) => call !== 'ListImages');

  expect(others(calls)).toEqual(others(few));
  expect(count(few, 'ListImages')).toBe(2);
  // the first deployment's tag and this one's are two more, each on the page after
  expect(count(calls, 'ListImages')).toBe(2 * 11);
});

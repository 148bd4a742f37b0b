import { InfrastructureRepository } from '../../../src/delivery/deploy-handler/infrastructure-repository';
import { noWait } from '../../source/repository-files-handler/fake-code-commit';

/** A repository of which only the commits and their parents matter. */
function repository(parents: Record<string, string[]>, date = '1764000000 +0000') {
  const send = async ({ input }: any) => ({ commit: { parents: parents[input.commitId], message: input.commitId, committer: { date } } });
  return new InfrastructureRepository({ send: send as any }, 'infrastructure', 'main', noWait);
}

async function ids(of: AsyncGenerator<{ id: string }>) {
  const found: string[] = [];
  for await (const { id } of of) { found.push(id); }
  return found;
}

const MERGED = { merge: ['theirs', 'ours'], theirs: ['base'], ours: ['older'], older: ['base'], base: [] };

test('history goes along both sides of a merge, once each, as far as it is asked to', async () => {
  expect(await ids(repository(MERGED).history('merge', 10))).toEqual(['merge', 'theirs', 'ours', 'base', 'older']);
  expect(await ids(repository(MERGED).history('merge', 2))).toEqual(['merge', 'theirs']);
});

test('history that is old on one side goes on along the other', async () => {
  expect(await ids(repository(MERGED).history('merge', 10, ({ id }) => id === 'theirs'))).toEqual(['merge', 'theirs', 'ours', 'older', 'base']);
});

test.each([
  ['1764000000 +0000', 1764000000000], ['1764000000 -0800', 1764000000000], ['2025-11-24T16:00:00Z', 1764000000000], ['?', undefined],
])('reads the date %j', async (date, time) => {
  expect((await repository(MERGED, date).commit('base')).date).toBe(time);
});

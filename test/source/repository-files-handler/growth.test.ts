import { FakeCodeCommit, noWait } from './fake-code-commit';
import { repositoryFiles } from '../../../src/source/repository-files-handler/repository-files';

const FOLDER = 'apps/shop/base';
const files = (folder: string) => Array.from({ length: 20 }, (_, index) => ({ path: `${folder}/wanted-${index}.yaml`, content: 'kind: ConfigMap\n' }));

/** The requests of a resource's creation, where a folder that it seeds has that many files already. */
async function requestsOfCreation(existing: number): Promise<string[]> {
  const client = new FakeCodeCommit();
  client.write('main', Object.fromEntries(Array.from({ length: existing }, (_, index) => [`${FOLDER}/part-${index}.yaml`, 'kind: ConfigMap\n'])));
  await repositoryFiles({ client, clock: noWait }).create({
    StackId: 'stack',
    LogicalResourceId: 'Files',
    ResourceProperties: {
      RepositoryName: 'infrastructure', Branch: 'main', Managed: JSON.stringify(files('clusters/shop')), Seeded: JSON.stringify(files(FOLDER)),
    },
  } as any);
  return client.requests.map(({ operation }) => operation);
}

test('what a repository holds already costs no request', async () => {
  const requests = await requestsOfCreation(10_000);

  expect(requests).toContain('CreateCommit');
  expect(requests).toEqual(await requestsOfCreation(1));
});

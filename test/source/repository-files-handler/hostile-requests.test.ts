import * as fc from 'fast-check';
import { FakeCodeCommit, noWait } from './fake-code-commit';
import type { CustomResourceAnswer } from '../../../src/custom-resource-handler/respond';
import { runCustomResource } from '../../../src/custom-resource-handler/run-custom-resource';
import { repositoryFiles } from '../../../src/source/repository-files-handler/repository-files';
import { anyJson, mutated } from '../../properties/mutations';
import { seed } from '../../properties/seed';

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:files';
const context = { getRemainingTimeInMillis: () => 60_000, invokedFunctionArn: FUNCTION };
const KEEP = [['Kustomization', 'metadata', 'name']];

const requestOf = (RequestType: string, properties: unknown, earlier?: unknown) => ({
  RequestType,
  ResponseURL: 'https://cloudformation.example/?signature=x',
  StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/1',
  RequestId: 'a-b-c',
  ResourceType: 'Custom::RepositoryFiles',
  LogicalResourceId: 'Files',
  ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'infrastructure/main/Files' }),
  ResourceProperties: properties,
  ...(earlier === undefined ? {} : { OldResourceProperties: earlier }),
});

const properties = {
  ServiceToken: FUNCTION,
  RepositoryName: 'infrastructure',
  Branch: 'main',
  Managed: [{ path: 'clusters/shop/a.yaml', content: 'kind: Kustomization\nmetadata:\n  name: a\n', keep: KEEP }, { path: 'clusters/shop/b.yaml', content: 'b\n' }],
  Seeded: [{ path: 'apps/shop/base/c.yaml', content: 'c\n' }],
  ConfirmedRemovals: ['clusters/shop/a.yaml'],
  Message: 'Update',
};
type Lists = typeof properties;
const passed = (value: any) => (typeof value !== 'object' || value === null ? value : {
  ...value, ...Object.fromEntries(['Managed', 'Seeded', 'ConfirmedRemovals'].filter((key) => key in value).map((key) => [key, JSON.stringify(value[key])])),
});

const types = fc.constantFrom('Create', 'Update', 'Delete');
const someProperties = fc.oneof(mutated(properties), fc.constant<Lists>(properties)).map(passed);
const requests = fc.oneof(
  fc.tuple(types, someProperties, someProperties).map(([type, now, before]) => requestOf(type, now, before)),
  fc.tuple(types, fc.oneof(anyJson, mutated(passed(properties)))).map(([type, now]) => requestOf(type, now, now)),
  types.chain((type) => mutated(requestOf(type, passed(properties), passed(properties)))),
  anyJson,
);

test('whatever is asked for is answered, a deletion by a success, and stays inside the repository', async () => {
  await fc.assert(fc.asyncProperty(requests, async (request) => {
    const fake = new FakeCodeCommit();
    fake.write('main', { 'README.md': 'the team\'s' });
    const answers: CustomResourceAnswer[] = [];
    const errors: string[] = [];
    await runCustomResource(request, context, repositoryFiles({ client: fake, clock: noWait }), {
      logger: { info: () => {}, error: (line) => { errors.push(line); } },
      respond: async (_, answer) => { answers.push(answer); },
    });

    if (answers.length === 0) {
      expect(errors).toEqual([expect.stringMatching(/^Request refused: not a request of CloudFormation/)]);
      return;
    }
    expect(answers).toHaveLength(1);
    const [{ status, reason = '', physicalResourceId }] = answers;
    expect(errors).toHaveLength(status === 'FAILED' || reason ? 1 : 0);
    if ((request as any).RequestType === 'Delete') { expect(status).toBe('SUCCESS'); }
    if (status === 'FAILED') { expect(reason).not.toBe(''); }
    expect(reason).not.toMatch(/TypeError|Cannot read|is not a function|is not iterable/);
    expect(typeof physicalResourceId).toBe('string');
    expect(physicalResourceId.length).toBeLessThanOrEqual(1024);
    Object.keys(fake.files()).forEach((path) => expect(path).toMatch(/^(?!.*\.\.)(?!\/)[\w./@+-]+$/));
    expect(fake.files()['README.md']).toBe('the team\'s');
  }), { seed, numRuns: 1500 });
});

test('the deletion of what was never created succeeds', async () => {
  const answers: CustomResourceAnswer[] = [];
  for (const input of [undefined, {}, passed(properties), { RepositoryName: 'gone', Branch: 'main' }]) {
    await runCustomResource({ ...requestOf('Delete', input), PhysicalResourceId: 'Files-0123456789ab' },
      context, repositoryFiles({ client: new FakeCodeCommit(), clock: noWait }), {
        logger: { info: () => {}, error: () => {} }, respond: async (_, answer) => { answers.push(answer); },
      });
  }
  expect(answers.map(({ status, physicalResourceId }) => `${status} ${physicalResourceId}`)).toEqual(Array(4).fill('SUCCESS Files-0123456789ab'));
});

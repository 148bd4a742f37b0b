import { FakeFlux, failed, fetched } from './fake-flux';
import { handleEvent, reconcileScope } from '../../../src/flux/reconcile-handler/handle-event';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:reconcile';
const ENVIRONMENT = { INFRASTRUCTURE_REPOSITORY: 'infrastructure', INFRASTRUCTURE_BRANCH: 'main', IMAGE_REPOSITORIES_PREFIX: 'shop/' };
const COMMIT = 'a'.repeat(40);

const event = (repositoryName: string) => ({
  'id': 'e1',
  'source': 'aws.codecommit',
  'detail-type': 'CodeCommit Repository State Change',
  'account': '111122223333',
  'region': 'eu-west-1',
  'detail': { event: 'referenceUpdated', referenceType: 'branch', referenceName: 'main', repositoryName, commitId: COMMIT },
});

async function handle(input: unknown, prepare: (api: FakeFlux) => void) {
  const api = new FakeFlux({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'infrastructure' } });
  prepare(api);
  const lines: unknown[][] = [];
  const logger = { info: (...line: unknown[]) => { lines.push(['info', ...line]); }, warn: (...line: unknown[]) => { lines.push(['warn', ...line]); } };
  await handleEvent(input, { scope: reconcileScope(ENVIRONMENT, ARN), api, clock: api.clock, logger });
  return { api, lines };
}

test('logs what was reconciled', async () => {
  const { lines } = await handle(event('infrastructure'), (api) => { api.reconciles = [fetched(COMMIT)]; });
  expect(lines).toEqual([['info', 'GitRepository flux-system/infrastructure: reconciled', { eventId: 'e1', commitId: COMMIT }]]);
});

test('an event of somebody else is logged once, reaches no cluster and is not tried again', async () => {
  const { api, lines } = await handle(event('other'), () => {});
  expect(api.calls).toEqual([]);
  expect(lines).toEqual([['warn', expect.stringContaining('Event refused: of branch "main" of repository "other"'), { eventId: 'e1' }]]);
});

test.each([undefined, null, 'x', [], { id: 7 }])('%j is refused, not tried again', async (input) => {
  const { lines } = await handle(input, () => {});
  expect(lines).toEqual([['warn', expect.stringContaining('Event refused'), { eventId: undefined }]]);
});

test('an event before Flux is there is logged and done with', async () => {
  const { lines } = await handle(event('infrastructure'), (api) => { api.object = undefined; });
  expect(lines).toEqual([['warn', 'GitRepository flux-system/infrastructure: absent', expect.anything()]]);
});

test('a failure is thrown, so that Lambda tries again', async () => {
  await expect(handle(event('infrastructure'), (api) => { api.reconciles = [failed('no')]; })).rejects.toThrow('did not reconcile');
});

test('the scope comes from the environment and the function\'s own name', () => {
  expect(reconcileScope({ ...ENVIRONMENT, IMAGE_REPOSITORIES: '{"team/x":"x"}' }, ARN)).toEqual({
    account: '111122223333',
    region: 'eu-west-1',
    infrastructureRepository: 'infrastructure',
    infrastructureBranch: 'main',
    imageRepositoriesPrefix: 'shop/',
    imageRepositories: { 'team/x': 'x' },
  });
  expect(() => reconcileScope({ INFRASTRUCTURE_BRANCH: 'main' }, ARN)).toThrow('INFRASTRUCTURE_REPOSITORY is not set');
});

import * as fc from 'fast-check';
import { FakeFlux, fetched } from './fake-flux';
import { handleEvent, reconcileScope } from '../../../src/flux/reconcile-handler/handle-event';
import { anyJson, mutated } from '../../properties/mutations';
import { seed } from '../../properties/seed';

const SCOPE = reconcileScope(
  { INFRASTRUCTURE_REPOSITORY: 'infrastructure', INFRASTRUCTURE_BRANCH: 'main', IMAGE_REPOSITORIES_PREFIX: 'shop/' },
  'arn:aws:lambda:eu-west-1:111122223333:function:reconcile',
);
const COMMIT = 'a'.repeat(40);
const envelope = { version: '0', id: 'e1', account: '111122223333', region: 'eu-west-1', time: '2026-11-24T10:00:00Z', resources: [] };
const commit = {
  ...envelope,
  'source': 'aws.codecommit',
  'detail-type': 'CodeCommit Repository State Change',
  'detail': {
    event: 'referenceUpdated', repositoryName: 'infrastructure', referenceType: 'branch', referenceName: 'main', commitId: COMMIT, oldCommitId: 'b'.repeat(40),
  },
};
const push = {
  ...envelope,
  'source': 'aws.ecr',
  'detail-type': 'ECR Image Action',
  'detail': { 'result': 'SUCCESS', 'action-type': 'PUSH', 'repository-name': 'shop/web', 'image-tag': 'staging-20261124100000000-0a1b2c3d' },
};

test('whatever comes is done or refused by one line, and reaches no object but Flux\'s own', async () => {
  let refusals = 0;
  await fc.assert(fc.asyncProperty(fc.oneof(anyJson, mutated(commit), mutated(push)), async (event) => {
    const api = new FakeFlux({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'infrastructure' } });
    const answer = (status: any) => {
      fetched(COMMIT)(status);
      status.lastScanResult = { scanTime: new Date(api.time).toISOString(), latestTags: [(event as any)?.detail?.['image-tag']] };
    };
    api.reconciles = [answer];
    const lines: string[] = [];
    const note = (line: string) => { lines.push(line); };
    await handleEvent(event, { scope: SCOPE, api, clock: api.clock, logger: { info: note, warn: note } });

    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/TypeError|Cannot read/);
    if (lines[0].startsWith('Event refused: ')) {
      refusals++;
      expect(api.calls).toEqual([]);
    }
    api.calls.forEach((call) => expect(call).toMatch(/^(annotate|get) (GitRepository flux-system\/infrastructure|ImageRepository flux-system\/[a-z0-9-]+)$/));
  }), { seed, numRuns: 2000 });
  expect(refusals).toBeGreaterThan(1000);
});

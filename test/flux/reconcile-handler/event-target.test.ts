import * as fc from 'fast-check';
import { eventTarget, ReconcileScope } from '../../../src/flux/reconcile-handler/event-target';

const SCOPE: ReconcileScope = {
  account: '111122223333',
  region: 'eu-west-1',
  infrastructureRepository: 'shop-infrastructure',
  infrastructureBranch: 'main',
  imageRepositoriesPrefix: 'shop/',
  imageRepositories: { 'team/brought': 'brought' },
};
const COMMIT = 'a'.repeat(40);
const OLD = 'b'.repeat(40);

const commitEvent = (detail: object = {}, envelope: object = {}) => ({
  'version': '0',
  'id': 'e1',
  'source': 'aws.codecommit',
  'account': '111122223333',
  'region': 'eu-west-1',
  'detail-type': 'CodeCommit Repository State Change',
  'resources': ['arn:aws:codecommit:eu-west-1:111122223333:shop-infrastructure'],
  'detail': {
    event: 'referenceUpdated',
    repositoryName: 'shop-infrastructure',
    repositoryId: 'r',
    referenceType: 'branch',
    referenceName: 'main',
    referenceFullName: 'refs/heads/main',
    commitId: COMMIT,
    oldCommitId: OLD,
    callerUserArn: 'arn:aws:sts::111122223333:assumed-role/deploy/x',
    ...detail,
  },
  ...envelope,
});
const pushEvent = (detail: object = {}, envelope: object = {}) => ({
  'version': '0',
  'id': 'e2',
  'source': 'aws.ecr',
  'account': '111122223333',
  'region': 'eu-west-1',
  'detail-type': 'ECR Image Action',
  'resources': [],
  'detail': {
    'result': 'SUCCESS', 'repository-name': 'shop/web', 'image-digest': 'sha256:0', 'action-type': 'PUSH', 'image-tag': 'staging-20261124100000000-0a1b2c3d', ...detail,
  },
  ...envelope,
});

test.each(['referenceCreated', 'referenceUpdated'])('%s of the infrastructure branch is about the GitRepository', (event) => {
  expect(eventTarget(commitEvent({ event }), SCOPE)).toMatchInlineSnapshot(`
{
  "commitId": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "oldCommitId": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
  "ref": {
    "apiVersion": "source.toolkit.fluxcd.io/v1",
    "kind": "GitRepository",
    "name": "infrastructure",
    "namespace": "flux-system",
  },
  "type": "commit",
}
`);
});

test('an environment\'s tag is about the application\'s ImageRepository', () => {
  expect(eventTarget(pushEvent(), SCOPE)).toMatchInlineSnapshot(`
{
  "ref": {
    "apiVersion": "image.toolkit.fluxcd.io/v1",
    "kind": "ImageRepository",
    "name": "web",
    "namespace": "flux-system",
  },
  "tag": "staging-20261124100000000-0a1b2c3d",
  "type": "tag",
}
`);
});

test('an image repository that was brought is known by name', () => {
  expect(eventTarget(pushEvent({ 'repository-name': 'team/brought' }), SCOPE)).toMatchObject({ type: 'tag', ref: { name: 'brought' } });
});

test('an old commit that is none does not matter', () => {
  expect(eventTarget(commitEvent({ oldCommitId: '' }), SCOPE)).toMatchObject({ type: 'commit', oldCommitId: undefined });
});

test.each([
  ['nothing', undefined, /not an event/],
  ['text', 'hello', /not an event/],
  ['another source', commitEvent({}, { source: 'aws.s3' }), /source must be aws.codecommit or aws.ecr/],
  ['a commit without an id', commitEvent({ commitId: undefined }), /detail\.commitId/],
  ['a commit id that is none', commitEvent({ commitId: '../x' }), /must be 40 hexadecimal digits/],
  ['a deleted branch', commitEvent({ event: 'referenceDeleted' }), /detail\.event/],
  ['a Git tag', commitEvent({ referenceType: 'tag' }), /detail\.referenceType/],
  ['another branch', commitEvent({ referenceName: 'next' }), /of branch "next" of repository "shop-infrastructure", not of "main"/],
  ['another repository', commitEvent({ repositoryName: 'web' }), /repository "web"/],
  ['another account', commitEvent({}, { account: '999999999999' }), /of account 999999999999/],
  ['another region', pushEvent({}, { region: 'us-east-1' }), /in us-east-1/],
  ['a failed push', pushEvent({ result: 'FAILURE' }), /detail\.result/],
  ['a deleted image', pushEvent({ 'action-type': 'DELETE' }), /detail\.action-type/],
  ['a push without a tag', pushEvent({ 'image-tag': undefined }), /detail\.image-tag/],
  ['a build\'s tag', pushEvent({ 'image-tag': 'build-20261124100000-0a1b2c3d' }), /which a build made/],
  ['another platform\'s image', pushEvent({ 'repository-name': 'shopping/web' }), /no application's of this platform/],
  ['an image below an application\'s', pushEvent({ 'repository-name': 'shop/web/../x' }), /no application's of this platform/],
  ['the prefix alone', pushEvent({ 'repository-name': 'shop/' }), /no application's of this platform/],
  ['a name of JavaScript', pushEvent({ 'repository-name': '__proto__' }), /no application's of this platform/],
])('refuses %s', (_, event, reason) => {
  expect(eventTarget(event, SCOPE)).toEqual({ type: 'refused', reason: expect.stringMatching(reason) });
});

test('without a prefix only repositories that were brought count', () => {
  expect(eventTarget(pushEvent(), { ...SCOPE, imageRepositoriesPrefix: '' })).toMatchObject({ type: 'refused' });
});

test('whatever comes is refused or leads to an object of this platform', () => {
  const detail = fc.dictionary(fc.constantFrom(...Object.keys(commitEvent().detail), ...Object.keys(pushEvent().detail)), fc.anything());
  const event = fc.oneof(fc.anything(), detail.map((some) => commitEvent(some)), detail.map((some) => pushEvent(some)),
    fc.string({ unit: 'binary' }).map((name) => pushEvent({ 'repository-name': `shop/${name}` })));
  fc.assert(fc.property(event, (input) => {
    const target = eventTarget(input, SCOPE);
    if (target.type === 'refused') { return; }
    expect(target.ref.namespace).toBe('flux-system');
    expect(target.ref.name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
  }), { numRuns: 500 });
});

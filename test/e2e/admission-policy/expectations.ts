import { ReconcileCluster } from './reconcile-cluster';
import { RECONCILE_GROUP, REQUESTED_AT_ANNOTATION } from '../../../src/flux/manifests/names';
import { type Answer, MERGE_PATCH } from '../api-client';

export const SOURCES = '/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories';
export const IMAGES = '/apis/image.toolkit.fluxcd.io/v1/namespaces/flux-system/imagerepositories';
export const SOURCE = `${SOURCES}/infrastructure`;
export const IMAGE = `${IMAGES}/shop`;
export const TIME = '2026-11-24T12:00:00.000000001Z';

/** What the policy has to say to one request */
export interface Expectation {
  readonly name: string;
  readonly who: 'reconcile' | 'admin';
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** The rule that refuses it; allowed where there is none. */
  readonly rule?: string;
}

const refused = (rule: string, name: string, body: object, path = SOURCE, method = 'PATCH'): Expectation => (
  { name, who: 'reconcile', method, path, body, rule }
);
const allowed = (name: string, who: 'reconcile' | 'admin', body: object, path: string): Expectation => ({ name, who, method: 'PATCH', path, body });
/** The options of a deletion count from its body only, where it has one. */
const DRY_RUN = { dryRun: ['All'] };
const OWN_FIELDS = { manager: 'own', operation: 'Update', apiVersion: 'source.toolkit.fluxcd.io/v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } };
const annotations = (others: object) => ({ metadata: { annotations: { [REQUESTED_AT_ANNOTATION]: TIME, ...others } } });

/** One request for each thing that the policy says, so that nothing of it can go unnoticed. */
export const EXPECTATIONS: Expectation[] = [
  allowed('asks for a look at the source', 'reconcile', annotations({}), SOURCE),
  allowed('asks for a look at an image repository', 'reconcile', annotations({}), IMAGE),
  allowed('anybody else changes a source', 'admin', { spec: { suspend: true }, metadata: { labels: { team: 'shop' } } }, SOURCE),
  allowed('anybody else changes an image repository', 'admin', { spec: { suspend: true } }, IMAGE),

  refused('only updates', 'makes a source', {
    apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'own' }, spec: { interval: '1m', url: 'https://example.com' },
  }, SOURCES, 'POST'),
  refused('only updates', 'deletes the source', DRY_RUN, SOURCE, 'DELETE'),
  refused('only updates', 'deletes every source', DRY_RUN, SOURCES, 'DELETE'),
  refused('only updates', 'changes what Flux says of the source', { status: { observedGeneration: 7 } }, `${SOURCE}/status`),
  refused('other fields do not change', 'points the source elsewhere', { spec: { url: 'https://example.com/repository' } }),
  refused('other fields do not change', 'points an image repository elsewhere', { spec: { image: 'example.com/image' } }, IMAGE),
  refused('fields do not go away', 'empties the source', { spec: null }),
  refused('other metadata do not change', 'sets a label', { metadata: { labels: { team: 'shop' } } }),
  refused('other metadata do not change', 'sets a finalizer', { metadata: { finalizers: ['example.com/keep'] } }),
  refused('other metadata do not change', 'gives it an owner', {
    metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'neighbour', uid: '7b1f8f5e-0f0c-4a43-9d4e-000000000000' }] },
  }),
  refused('other metadata do not change', 'gives it a prefix', { metadata: { generateName: 'own-' } }),
  refused('metadata do not go away', 'removes the labels', { metadata: { labels: null } }),
  refused('metadata do not go away', 'takes all fields from those who set them', { metadata: { ...annotations({}).metadata, managedFields: [{}] } }),
  refused('the appliers\' fields stay theirs', 'takes their fields from appliers', { metadata: { ...annotations({}).metadata, managedFields: [OWN_FIELDS] } }),
  refused('other annotations do not change', 'sets another annotation', annotations({ own: 'value' })),
  refused('other annotations do not change', 'changes another annotation', annotations({ team: 'own' })),
  refused('annotations do not go away', 'removes another annotation', annotations({ team: null })),
  refused('its value is a time', 'sets it to something else', annotations({ [REQUESTED_AT_ANNOTATION]: 'now' })),
  refused('its value is a time', 'sets it to something long', annotations({ [REQUESTED_AT_ANNOTATION]: '1'.repeat(41) })),
  refused('its value is a time', 'sets it to more than one line', annotations({ [REQUESTED_AT_ANNOTATION]: `${TIME}\n${TIME}` })),
  refused('its value is a time', 'removes it', annotations({ [REQUESTED_AT_ANNOTATION]: null })),
];

/** What is not as expected; nothing is really changed. */
export async function disappointments(cluster: ReconcileCluster, expectations = EXPECTATIONS): Promise<string[]> {
  const found: string[] = [];
  for (const expectation of expectations) {
    const { name, who, method, path, body } = expectation;
    const answer = await cluster[who].send(method, `${path}?dryRun=All`, body, method === 'PATCH' ? MERGE_PATCH : undefined);
    if (!isAsExpected(answer, expectation)) found.push(`${who} ${name}: ${answer.status} ${answer.body.message ?? ''}`);
  }
  return found;
}

function isAsExpected({ status, body }: Answer, { rule }: Expectation): boolean {
  return rule === undefined ? status === 200
    : status === 403 && body.message.endsWith(`${RECONCILE_GROUP} may set the annotation ${REQUESTED_AT_ANNOTATION} only: ${rule}`);
}

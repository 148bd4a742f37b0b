import * as fc from 'fast-check';
import { IMAGE, IMAGES, SOURCE, SOURCES, TIME } from './expectations';
import { REQUESTED_AT_ANNOTATION } from '../../../src/flux/manifests/names';
import { MERGE_PATCH } from '../api-client';

/** A request that somebody with the reconcile function's identity could make up */
export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: any;
}

const JSON_PATCH = 'application/json-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const name = fc.constantFrom('infrastructure', 'shop', 'own');
/** Values of today, so that some patches change nothing. */
const annotationValue = fc.oneof(
  fc.constantFrom<unknown>('shop', TIME, null, ''), fc.date({ noInvalidDate: true }).map((date) => date.toISOString()), text,
);
const labelValue = fc.constantFrom<unknown>('cdk-gitops-pipeline', 'shop', null, '');
const annotationKey = fc.constantFrom(
  REQUESTED_AT_ANNOTATION, REQUESTED_AT_ANNOTATION, 'team', 'kustomize.toolkit.fluxcd.io/reconcile', 'reconcile.fluxcd.io/forceAt',
);
const labelKey = fc.constantFrom('app.kubernetes.io/managed-by', 'kustomize.toolkit.fluxcd.io/name', 'team');

const metadata = fc.record({
  annotations: fc.oneof(
    { weight: 9, arbitrary: fc.dictionary(annotationKey, annotationValue, { maxKeys: 3 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  labels: fc.oneof(fc.dictionary(labelKey, labelValue, { maxKeys: 2 }), fc.constant(null)),
  finalizers: fc.constantFrom<unknown>(null, [], ['finalizers.fluxcd.io'], ['example.com/keep']),
  ownerReferences: fc.constantFrom<unknown>(null, [], [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'neighbour', uid: '7b1f8f5e-0f0c-4a43-9d4e-000000000000' }]),
  managedFields: fc.constantFrom<unknown>(null, [], [{}], [{ manager: 'kubectl', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } }]),
  generateName: text,
  name: fc.oneof(fc.constant('infrastructure'), text),
  namespace: fc.constantFrom('flux-system', 'default'),
  resourceVersion: fc.constantFrom('1', ''),
  deletionTimestamp: fc.constant(TIME),
}, { requiredKeys: [] });

/** What the function itself would send */
const asked = annotationValue.map((value) => ({ metadata: { annotations: { [REQUESTED_AT_ANNOTATION]: value } } }));

const spec = fc.oneof(fc.constant(null), fc.record({
  url: fc.oneof(fc.constant('https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/acme-infrastructure'), fc.webUrl()),
  image: fc.domain(),
  interval: fc.constantFrom('1m', '9000h'),
  suspend: fc.boolean(),
  provider: fc.constantFrom('aws', 'generic', null),
  ref: fc.constantFrom<unknown>({ branch: 'main' }, { branch: 'own' }, null),
  secretRef: fc.record({ name: text }),
  [`${'un'}known`]: text,
}, { requiredKeys: [] }));

const body = fc.record({ metadata, spec, status: fc.constantFrom<unknown>({ observedGeneration: 9 }, null), kind: fc.constant('Bucket') }, { requiredKeys: [] });

const pointer = fc.constantFrom(
  '/spec', '/spec/url', '/spec/suspend', '/spec/secretRef', '/metadata', '/metadata/labels', '/metadata/labels/team', '/metadata/finalizers',
  '/metadata/annotations', '/metadata/annotations/team', `/metadata/annotations/${REQUESTED_AT_ANNOTATION.replace('/', '~1')}`, '/metadata/managedFields',
  '/metadata/name', '/status', '',
);
const operations = fc.array(fc.record({
  op: fc.constantFrom('add', 'replace', 'remove', 'copy', 'move'), path: pointer, from: pointer, value: fc.oneof(annotationValue, body),
}), { minLength: 1, maxLength: 3 });

const target = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(SOURCE, IMAGE) },
  { weight: 1, arbitrary: fc.constantFrom(`${SOURCE}/status`, `${IMAGE}/status`, SOURCES, IMAGES) },
  { weight: 1, arbitrary: name.map((other) => `${SOURCES.replace('flux-system', 'default')}/${other}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...[
      '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/infrastructure',
      '/apis/image.toolkit.fluxcd.io/v1/namespaces/flux-system/imageupdateautomations/infrastructure',
      '/apis/rbac.authorization.k8s.io/v1/namespaces/flux-system/roles/cdk-gitops-pipeline-reconcile',
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/cdk-gitops-pipeline-reconcile',
      '/api/v1/namespaces/flux-system/configmaps/neighbour',
      '/api/v1/namespaces/flux-system',
    ]),
  },
);

const patch = (contentType: string, contents: fc.Arbitrary<any>, query = ''): fc.Arbitrary<RandomRequest> => (
  fc.record({ method: fc.constant('PATCH'), path: target.map((path) => `${path}${query}`), contentType: fc.constant(contentType), body: contents })
);

/** Patches of every form, and the other ways to write, of these objects and their neighbours. */
export const randomRequest: fc.Arbitrary<RandomRequest> = fc.oneof(
  { weight: 6, arbitrary: patch(MERGE_PATCH, body) },
  { weight: 1, arbitrary: patch(MERGE_PATCH, asked) },
  { weight: 3, arbitrary: patch(JSON_PATCH, operations) },
  { weight: 2, arbitrary: patch(APPLY_PATCH, body.map((fields) => ({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', ...fields })), '?fieldManager=own&force=true') },
  { weight: 2, arbitrary: fc.record({ method: fc.constantFrom('PUT', 'POST', 'DELETE'), path: target, contentType: fc.constant('application/json'), body }) },
);

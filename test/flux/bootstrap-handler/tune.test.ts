import { FLUX } from './fixtures';
import { CONTROLLERS } from '../../../src/flux/bootstrap-handler/request';
import { POD_IDENTITY_ANNOTATION, tune } from '../../../src/flux/bootstrap-handler/tune';
import { describe as nameOf, KubernetesObject, refOf } from '../../../src/kubernetes/kubernetes-api';

const two = tune(FLUX, ['source-controller', 'kustomize-controller']);
const all = tune(FLUX, [...CONTROLLERS]);

function argumentsOf(objects: KubernetesObject[], name: string): string[] {
  return objects.find((object) => object.kind === 'Deployment' && object.metadata.name === name)!.spec.template.spec.containers[0].args;
}

test('only the wanted controllers come, with their kinds and accounts', () => {
  const names = two.map((object) => nameOf(refOf(object)));
  expect(names.filter((name) => /^(Deployment|ServiceAccount|Service) /.test(name)).sort()).toEqual([
    'Deployment flux-system/kustomize-controller',
    'Deployment flux-system/source-controller',
    'Service flux-system/source-controller',
    'ServiceAccount flux-system/kustomize-controller',
    'ServiceAccount flux-system/source-controller',
  ]);
  expect(names.filter((name) => /image|helm\.toolkit|notification|webhook/.test(name))).toEqual([]);
  expect(names).toContain('CustomResourceDefinition kustomizations.kustomize.toolkit.fluxcd.io');
});

test('all controllers come when all are wanted', () => {
  expect(all).toHaveLength(FLUX.length);
});

test('accounts that do not run are not bound to cluster-admin', () => {
  const subjects = (objects: KubernetesObject[]) => objects
    .find((object) => object.metadata.name === 'cluster-reconciler-flux-system')!.subjects.map(({ name }: { name: string }) => name);
  expect(subjects(two)).toEqual(['kustomize-controller']);
  expect(subjects(all)).toEqual(['kustomize-controller', 'helm-controller']);
});

test('kustomize-controller is isolated and quick to try again', () => {
  expect(argumentsOf(two, 'kustomize-controller')).toEqual(expect.arrayContaining([
    '--no-cross-namespace-refs=true', '--no-remote-bases=true', '--feature-gates=CancelHealthCheckOnNewRevision=true', '--max-retry-delay=1m',
  ]));
});

test('each controller but source-controller, which lacks the flag, refuses references across namespaces', () => {
  for (const name of CONTROLLERS) {
    expect([name, argumentsOf(all, name).includes('--no-cross-namespace-refs=true')]).toEqual([name, name !== 'source-controller']);
  }
});

test('events are sent only where notification-controller receives them', () => {
  const sends = (objects: KubernetesObject[]) => argumentsOf(objects, 'source-controller').some((argument) => argument.startsWith('--events-addr='));
  expect(sends(two)).toBe(false);
  expect(sends(all)).toBe(true);
});

test('the admin of a namespace gets no right to make Flux objects there', () => {
  const role = two.find((object) => object.metadata.name === 'flux-edit-flux-system')!;
  expect(Object.keys(role.metadata.labels).filter((label) => label.includes('aggregate'))).toEqual([]);
});

test('the association is part of the pod template, so that a new one replaces the pods', () => {
  const templates = (association: string) => tune(FLUX, ['source-controller', 'kustomize-controller'], { 'source-controller': association })
    .filter(({ kind }) => kind === 'Deployment').map(({ metadata, spec }) => [metadata.name, spec.template.metadata.annotations[POD_IDENTITY_ANNOTATION]]);
  expect(Object.fromEntries(templates('a-1'))).toEqual({ 'source-controller': 'a-1', 'kustomize-controller': undefined });
  expect(templates('a-2')).not.toEqual(templates('a-1'));
});

test('every object carries the label of its manager, and the input stays as it was', () => {
  const before = JSON.stringify(FLUX);
  expect(tune(FLUX, [...CONTROLLERS]).every(({ metadata }) => metadata.labels['app.kubernetes.io/managed-by'] === 'cdk-gitops-pipeline')).toBe(true);
  expect(JSON.stringify(FLUX)).toBe(before);
});

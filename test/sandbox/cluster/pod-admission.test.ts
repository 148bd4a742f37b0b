import type { V1Pod } from '@kubernetes/client-node';
import { EksState } from '../../../sandbox/cluster/eks-state';
import { admitPod } from '../../../sandbox/cluster/pod-admission';

const KWOK = { 'sandbox.cdk-gitops-pipeline/node': 'kwok' };
const REAL = { 'sandbox.cdk-gitops-pipeline/node': 'real' };

let state: EksState;
beforeEach(() => { state = new EksState(); });

function pod(image: string, serviceAccountName?: string): V1Pod {
  return { metadata: { name: 'p' }, spec: { serviceAccountName, containers: [{ name: 'c', image, env: [{ name: 'AWS_REGION', value: 'us-east-1' }] }] } };
}

function admit(image: string, namespace: string, options: { realNode?: boolean; serviceAccount?: string } = {}): V1Pod {
  return admitPod(pod(image, options.serviceAccount), namespace, { state, realNode: options.realNode ?? false, controllers: ['source-controller'] });
}

test('applications run on the real node, Flux never does', () => {
  expect(admit('shop', 'shop-production', { realNode: true }).spec!.nodeSelector).toEqual(REAL);
  expect(admit('fluxcd/source-controller', 'flux-system', { realNode: true }).spec!.nodeSelector).toEqual(KWOK);
  expect(admit('shop', 'shop-production').spec!.nodeSelector).toEqual(KWOK);
});

test('only pods of Flux that can be a process are one', () => {
  const processOf = (image: string, namespace: string) => admit(image, namespace).metadata!.annotations?.['sandbox.cdk-gitops-pipeline/process'];
  expect(processOf('fluxcd/source-controller:v1', 'flux-system')).toBe('pending');
  expect(processOf('fluxcd/helm-controller:v1', 'flux-system')).toBeUndefined();
  expect(processOf('fluxcd/source-controller:v1', 'elsewhere')).toBeUndefined();
});

test('Pod Identity\'s environment comes with an association of that very service account', () => {
  state.podIdentities.set('flux-system/source-controller', 'arn:aws:iam::111122223333:role/source');
  const associated = admit('fluxcd/source-controller', 'flux-system', { serviceAccount: 'source-controller' }).spec!;
  expect(associated.containers[0].env).toContainEqual({ name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI', value: 'http://169.254.170.23/v1/credentials' });
  expect(associated.containers[0].env!.filter(({ name }) => name === 'AWS_REGION')).toEqual([{ name: 'AWS_REGION', value: 'us-east-1' }]);
  expect(associated.volumes).toHaveLength(1);

  for (const [namespace, serviceAccount] of [['flux-system', 'kustomize-controller'], ['default', 'source-controller']]) {
    expect(admit('x', namespace, { serviceAccount }).spec!.containers[0].env).toHaveLength(1);
  }
});

test('an image declared broken marks its pods on kwok nodes, and only there', () => {
  state.brokenImages.set('sha256:bad', 'pull');
  const faultOf = (image: string, realNode = false) => admit(image, 'shop-production', { realNode }).metadata!.annotations?.['sandbox.cdk-gitops-pipeline/fault'];
  expect(faultOf('ecr/shop@sha256:bad')).toBe('pull');
  expect(faultOf('ecr/shop@sha256:good')).toBeUndefined();
  expect(faultOf('ecr/shop@sha256:bad', true)).toBeUndefined();
});

test('an image declared broken in one namespace runs in the others', () => {
  state.brokenImages.set('shop-production/sha256:half', 'crash');
  const faultOf = (namespace: string) => admit('ecr/shop@sha256:half', namespace, {}).metadata!.annotations?.['sandbox.cdk-gitops-pipeline/fault'];
  expect(faultOf('shop-production')).toBe('crash');
  expect(faultOf('shop-staging')).toBeUndefined();
});

test('the pod that was asked about stays as it was', () => {
  const before = pod('x');
  admitPod(before, 'default', { state, realNode: false, controllers: [] });
  expect(before).toEqual(pod('x'));
});

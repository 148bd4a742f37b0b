import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { adaptArguments, fluxController, podEnvironment, readinessUrl } from '../../../sandbox/cluster/flux-arguments';

const place = { dir: '/run/source', healthPort: 1001, storagePort: 1002 };

const container: V1Container = {
  name: 'manager',
  image: 'ghcr.io/fluxcd/source-controller:v1.9.4@sha256:8a8e',
  args: [
    '--events-addr=http://notification-controller.flux-system.svc.cluster.local./', '--watch-all-namespaces=true', '--log-level=info',
    '--enable-leader-election', '--storage-path=/data', '--storage-adv-addr=source-controller.$(RUNTIME_NAMESPACE).svc.cluster.local.',
    '--own=$(RUNTIME_NAMESPACE)-$(UNKNOWN)',
  ],
  env: [{ name: 'RUNTIME_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }, { name: 'GOMEMLIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } }],
  readinessProbe: { httpGet: { port: 'http', path: '/' } },
};
const pod: V1Pod = { metadata: { name: 'source-0', namespace: 'flux-system' }, spec: { containers: [container] } };

test.each([
  ['ghcr.io/fluxcd/source-controller:v1.9.4@sha256:8a8e', 'source-controller'],
  ['registry:5000/fluxcd/image-reflector-controller', 'image-reflector-controller'],
  ['ghcr.io/fluxcd/helm-controller:v1.6.3', undefined],
  ['ghcr.io/others/my-source-controller:1', undefined],
  [undefined, undefined],
])('image %s is %s', (image, controller) => {
  expect(fluxController({ image })).toBe(controller);
});

test('only what a pod has and a process lacks is replaced', () => {
  expect(adaptArguments('source-controller', container, podEnvironment(pod, container), place)).toEqual([
    '--watch-all-namespaces=true', '--log-level=info', '--own=flux-system-$(UNKNOWN)',
    '--health-addr=127.0.0.1:1001', '--metrics-addr=0', '--events-addr=', '--enable-leader-election=false',
    '--storage-addr=127.0.0.1:1002', '--storage-adv-addr=127.0.0.1:1002', '--storage-path=/run/source/data',
  ]);
});

test('a controller gets no flag that it does not know', () => {
  const flags = adaptArguments('kustomize-controller', { name: 'manager' }, {}, place).join();
  expect(flags).not.toContain('--storage');
});

test('the environment holds the pod\'s values and fields, and nothing of this process', () => {
  expect(podEnvironment(pod, container)).toEqual({ RUNTIME_NAMESPACE: 'flux-system' });
});

test('readiness is asked where the kubelet would ask', () => {
  expect(readinessUrl(container, place)).toBe('http://127.0.0.1:1002/');
  expect(readinessUrl({ name: 'manager', readinessProbe: { httpGet: { port: 'healthz', path: '/readyz' } } }, place)).toBe('http://127.0.0.1:1001/readyz');
});

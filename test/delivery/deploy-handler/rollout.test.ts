import { deployment, DIGEST, kustomization, OLD, pod, ready, replicaSet, TARGET, template, URI, waiting, workload } from './objects';
import { judge, View } from '../../../src/delivery/deploy-handler/rollout';
import type { KubernetesObject } from '../../../src/kubernetes/kubernetes-api';

const APPLIED = { applied: true, attempted: true };

const look = (workloads: KubernetesObject[], o: Partial<View> = {}) =>
  judge({ name: 'shop-production', kustomization: kustomization(), revisions: APPLIED, workloads, missing: [], replicaSets: [], pods: [], ...o }, TARGET);

const finding = (workloads: KubernetesObject[], o: Partial<View> = {}) => look(workloads, o).findings[0];

describe('Flux', () => {
  const NOT_APPLIED = { applied: false, attempted: false };

  test('is waited for until it applied the revision', () => {
    const o = { kustomization: kustomization(ready('True', 'ReconciliationSucceeded')), revisions: NOT_APPLIED };
    expect(finding([deployment()], o)).toEqual({ reason: 'Flux has not applied it yet' });
  });

  test('is waited for while it waits itself, and its words are kept', () => {
    const o = { kustomization: kustomization(ready('False', 'DependencyNotReady', 'dependency\nis not ready')), revisions: NOT_APPLIED };
    expect(finding([], o)).toEqual({ reason: 'Flux has not applied it yet (DependencyNotReady: dependency is not ready)' });
  });

  test.each(['BuildFailed', 'ReconciliationFailed', 'HealthCheckFailed'])('fails on a lasting %s of the revision, not of an earlier one', (reason) => {
    const failing = kustomization(ready('False', reason, 'Deployment/shop is invalid'));
    expect(finding([], { kustomization: failing, revisions: { applied: false, attempted: true } }))
      .toMatchObject({ reason: `Flux cannot apply it: ${reason}: Deployment/shop is invalid`, fatalAfter: 10 });
    expect(finding([], { kustomization: failing, revisions: NOT_APPLIED }).fatalAfter).toBeUndefined();
  });

  test('gets a second try after what may pass', () => {
    const failing = kustomization(ready('False', 'ReconciliationFailed', 'failed calling webhook "x": connection refused'));
    expect(finding([], { kustomization: failing, revisions: { applied: false, attempted: true } }).fatalAfter).toBeGreaterThan(30);
  });

  test('is not complete while it tries something else', () => {
    expect(look([deployment()], { revisions: { applied: true, attempted: false } }).findings).toHaveLength(1);
  });

  test('fails where it is suspended', () => {
    expect(finding([], { kustomization: kustomization({}, { suspend: true }), revisions: NOT_APPLIED })).toMatchObject({ fatalAfter: 0 });
  });

  test('is waited for where the Kustomization does not exist', () => {
    expect(finding([], { kustomization: undefined, revisions: NOT_APPLIED })).toEqual({ reason: expect.stringContaining('is not in the cluster yet') });
  });
});

describe('templates', () => {
  test('no workload of the application is a failure', () => {
    expect(finding([])).toMatchObject({ reason: expect.stringContaining(`applied runs ${URI}`), fatalAfter: 5 });
    expect(finding([workload('Deployment', { template: template(`${URI}-other@${OLD}`) }, {})])).toMatchObject({ key: 'no workload' });
  });

  test.each([`${URI}@${OLD}`, `${URI}:latest`, URI])('the image %s is not the one that was promoted', (image) => {
    expect(finding([deployment({ spec: { template: template(image) } })]))
      .toMatchObject({ reason: `Deployment shop names ${image} and not sha256:bbbbbbbbbbbb although Flux applied it`, fatalAfter: 5 });
  });

  test('an init container counts, too', () => {
    const spec = { ...template().spec, initContainers: [{ name: 'migrate', image: `${URI}@${OLD}` }] };
    expect(finding([deployment({ spec: { template: { spec } } })]).reason).toContain(OLD);
  });

  test('a workload that is gone is waited for, a Job may be gone', () => {
    const missing = (kind: string) => look([deployment()], { missing: [{ apiVersion: 'x/v1', kind, name: 'worker' }] }).findings;
    expect(missing('Deployment')).toEqual([{ reason: 'Deployment worker is not in the cluster' }]);
    expect(missing('Job')).toEqual([]);
  });

  test('one workload that is behind keeps the rollout from being complete', () => {
    expect(look([deployment(), deployment({ spec: { template: template(`${URI}@${OLD}`) } })]).findings).toHaveLength(1);
  });

  test('a Job that could not be changed is told how', () => {
    expect(finding([workload('Job', { template: template(`${URI}@${OLD}`) }, {})]).reason).toContain('kustomize.toolkit.fluxcd.io/force: enabled');
  });

  test('a CronJob is its template', () => {
    const cronJob = (image: string) => workload('CronJob', { jobTemplate: { spec: { template: template(image) } } }, {});
    expect(look([cronJob(`${URI}@${DIGEST}`)])).toEqual({ findings: [], settle: 0 });
    expect(finding([cronJob(`${URI}@${OLD}`)]).fatalAfter).toBe(5);
  });

  test('a tag beside the digest does no harm', () => {
    expect(look([deployment({ spec: { template: template(`${URI}:build-1@${DIGEST}`) } })]).findings).toEqual([]);
  });

  test('without a readiness probe a rollout has to last', () => {
    const unprobed = template(undefined, { readinessProbe: undefined });
    expect(look([deployment()]).settle).toBe(0);
    expect(look([deployment({ spec: { template: unprobed } })]).settle).toBe(10);
    expect(look([deployment({ spec: { template: unprobed, minReadySeconds: 30 } })]).settle).toBe(0);
  });
});

describe('pods', () => {
  const rolling = deployment({ status: { updatedReplicas: 1, replicas: 3 } });
  const replicaSets = [replicaSet('old', '6'), replicaSet('new', '7')];

  test('of the new ReplicaSet tell why it is not complete', () => {
    expect(look([rolling], { replicaSets, pods: [pod('new', waiting('ErrImagePull', 'not\nfound'))] }).findings).toEqual([
      { reason: 'Deployment shop has 1 of 2 pods updated, 2 available, 1 more to go' },
      { reason: 'container web of Pod shop-new-x cannot pull its image (ErrImagePull: not found)', key: 'Deployment shop web pull', fatalAfter: 15 },
    ]);
  });

  test('of an older ReplicaSet, of other owners and on their way out are no reason', () => {
    const broken = waiting('CrashLoopBackOff', '', 9);
    const pods = [
      pod('old', broken, { image: `${URI}@${OLD}` }), pod('old', broken), pod('stranger', broken),
      pod('new', broken, { metadata: { name: 'gone', ownerReferences: [{ uid: 'new' }], deletionTimestamp: 'now' } }),
    ];
    expect(look([rolling], { replicaSets, pods }).findings).toHaveLength(1);
  });

  test('of a StatefulSet count by revision, and stuck ones are told', () => {
    const status = { observedGeneration: 3, updatedReplicas: 0, availableReplicas: 0, currentRevision: 'r1', updateRevision: 'r2' };
    const set = workload('StatefulSet', { replicas: 1, template: template() }, status);
    const old = pod('workload', waiting('CrashLoopBackOff', '', 9), { labels: { 'controller-revision-hash': 'r1' } });
    const present = pod('workload', waiting('InvalidImageName'), { labels: { 'controller-revision-hash': 'r2' } });
    expect(look([set], { pods: [old] }).findings.map(({ reason }) => reason)).toEqual([
      'StatefulSet shop has 0 of 1 pods updated, 0 available',
      'Pod shop-workload-x of an older template is not ready, and a StatefulSet may wait for it until somebody deletes it',
    ]);
    expect(look([set], { pods: [present] }).findings[1]).toMatchObject({ reason: expect.stringContaining('InvalidImageName'), fatalAfter: 0 });
  });

  test('of a DaemonSet count by generation', () => {
    const set = workload('DaemonSet', { template: template() }, { observedGeneration: 3, desiredNumberScheduled: 1 },
      { annotations: { 'deprecated.daemonset.template.generation': '4' } });
    const of = (generation: string) => pod('workload', waiting('CreateContainerConfigError'), { labels: { 'pod-template-generation': generation } });
    expect(look([set], { pods: [of('3')] }).findings).toHaveLength(1);
    expect(look([set], { pods: [of('4')] }).findings).toHaveLength(2);
  });

  test('of a ReplicaSet that are older are never replaced', () => {
    const set = workload('ReplicaSet', { replicas: 1, template: template() }, { observedGeneration: 3, replicas: 1, availableReplicas: 1 });
    expect(look([set], { pods: [pod('workload', { ready: true })] }).findings).toEqual([]);
    expect(finding([set], { pods: [pod('workload', { ready: true }, { image: `${URI}@${OLD}` })] }).reason).toContain('does not replace its pods');
  });

  test.each([
    ['CrashLoopBackOff', 1, 10], ['CrashLoopBackOff', 2, 0], ['ImagePullBackOff', 0, 15], ['CreateContainerConfigError', 0, 10],
    ['RunContainerError', 0, 10], ['InvalidImageName', 0, 0],
  ])('waiting with %s after %i restarts fail the rollout after %i seconds', (reason, restarts, fatalAfter) => {
    const { findings } = look([rolling], { replicaSets, pods: [pod('new', waiting(reason, '', restarts))] });
    expect(findings[1].fatalAfter).toBe(fatalAfter);
  });

  test('that crashed say how', () => {
    const { findings } = look([rolling], { replicaSets, pods: [pod('new', waiting('CrashLoopBackOff', 'back-off', 4))] });
    expect(findings[1].reason).toBe('container web of Pod shop-new-x crashes again and again (CrashLoopBackOff: 4 restarts, last ended with exit code 137 OOMKilled)');
  });

  test.each([['ContainerCreating'], ['PodInitializing']])('that are %s are on their way', (reason) => {
    expect(look([rolling], { replicaSets, pods: [pod('new', waiting(reason))] }).findings).toHaveLength(1);
  });

  test('without a node may get one', () => {
    const status = { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes are available' }] };
    expect(look([rolling], { replicaSets, pods: [pod('new', {}, { status })] }).findings[1])
      .toEqual({ reason: 'Pod shop-new-x has no node: 0/2 nodes are available' });
  });

  test('of a Job crash as often as the Job allows', () => {
    const job = workload('Job', { template: template() }, {});
    expect(look([job], { pods: [pod('workload', waiting('CrashLoopBackOff', '', 5))] }).findings).toEqual([{ reason: 'Job shop has not completed' }]);
    expect(look([job], { pods: [pod('workload', waiting('ErrImagePull'))] }).findings).toHaveLength(2);
  });
});

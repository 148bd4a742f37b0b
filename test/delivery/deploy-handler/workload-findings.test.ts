import { deployment, template, workload } from './objects';
import { workloadFindings } from '../../../src/delivery/deploy-handler/workload-findings';

const failure = (type: string, status: string, reason: string, message: string) => ({ conditions: [{ type, status, reason, message }] });

describe('Deployment', () => {
  test('is complete when updated, available and all pods are as many as desired', () => {
    expect(workloadFindings(deployment())).toEqual([]);
    const all = (pods?: number) => ({ replicas: pods, updatedReplicas: pods, availableReplicas: pods });
    expect(workloadFindings(deployment({ spec: { replicas: 0 }, status: all(undefined) }))).toEqual([]);
    expect(workloadFindings(deployment({ spec: { replicas: undefined }, status: all(1) }))).toEqual([]);
  });

  test.each([
    ['its controller has not seen it', { observedGeneration: 2 }], ['a pod is not updated', { updatedReplicas: 1 }],
    ['a pod is not available', { availableReplicas: 1 }], ['an old pod is still there', { replicas: 3 }],
  ])('is on its way when %s', (_what, status) => {
    const findings = workloadFindings(deployment({ status }));
    expect(findings).toHaveLength(1);
    expect(findings[0].fatalAfter).toBeUndefined();
  });

  test('without a status is on its way', () => {
    expect(workloadFindings({ ...deployment(), status: undefined })).toHaveLength(1);
  });

  test('fails when it is paused', () => {
    expect(workloadFindings(deployment({ spec: { paused: true } }))).toEqual([expect.objectContaining({ fatalAfter: 0 })]);
  });

  test('fails on a lasting quota in the cluster\'s words', () => {
    const status = { updatedReplicas: 0, ...failure('ReplicaFailure', 'True', 'FailedCreate', 'pods "shop-1" is forbidden: exceeded quota: small') };
    expect(workloadFindings(deployment({ status }))[0]).toEqual({
      reason: 'Deployment shop cannot make its pods: pods "shop-1" is forbidden: exceeded quota: small', key: 'Deployment shop ReplicaFailure', fatalAfter: 15,
    });
  });

  test('fails on its own deadline', () => {
    const status = { updatedReplicas: 1, ...failure('Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out') };
    expect(workloadFindings(deployment({ status }))[0]).toMatchObject({ fatalAfter: 0 });
  });
});

describe('StatefulSet', () => {
  const set = (status: object = {}, spec: object = {}) => workload('StatefulSet', { replicas: 2, template: template(), ...spec }, {
    observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2, currentRevision: 'r', updateRevision: 'r', ...status,
  });

  test('is complete when all pods are of the update revision', () => {
    expect(workloadFindings(set())).toEqual([]);
    expect(workloadFindings(set({ replicas: 0, updatedReplicas: 0, availableReplicas: 0, updateRevision: 'other' }, { replicas: 0 }))).toEqual([]);
  });

  test.each([{ updatedReplicas: 1 }, { availableReplicas: 1 }, { updateRevision: 'other' }, { observedGeneration: 2 }])('is on its way with %j', (status) => {
    expect(workloadFindings(set(status))[0].fatalAfter).toBeUndefined();
    expect(workloadFindings(set(status))).toHaveLength(1);
  });

  test('fails at once where it never replaces its pods', () => {
    expect(workloadFindings(set({}, { updateStrategy: { type: 'OnDelete' } }))[0]).toMatchObject({ fatalAfter: 0 });
    expect(workloadFindings(set({}, { updateStrategy: { rollingUpdate: { partition: 1 } } }))[0]).toMatchObject({ fatalAfter: 0 });
    expect(workloadFindings(set({}, { updateStrategy: { rollingUpdate: { partition: 0 } } }))).toEqual([]);
  });
});

describe('DaemonSet', () => {
  const set = (status: object, spec: object = {}) =>
    workload('DaemonSet', spec, { observedGeneration: 3, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2, ...status });

  test('is complete when it is updated and available on every node', () => {
    expect(workloadFindings(set({}))).toEqual([]);
    expect(workloadFindings(set({ updatedNumberScheduled: 1 }))).toHaveLength(1);
    expect(workloadFindings(set({ numberAvailable: undefined }))).toHaveLength(1);
    expect(workloadFindings(set({}, { updateStrategy: { type: 'OnDelete' } }))[0]).toMatchObject({ fatalAfter: 0 });
  });
});

describe('Job', () => {
  const job = (type?: string, message = '') => workload('Job', { template: template() }, type ? failure(type, 'True', type, message) : {});

  test('has to complete', () => {
    expect(workloadFindings(job('Complete'))).toEqual([]);
    expect(workloadFindings(job())).toEqual([{ reason: 'Job shop has not completed' }]);
    expect(workloadFindings(job('Failed', 'Job has reached the specified backoff limit')))
      .toEqual([{ reason: 'Job shop failed: Job has reached the specified backoff limit', fatalAfter: 0 }]);
  });
});

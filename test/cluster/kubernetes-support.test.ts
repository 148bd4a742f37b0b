import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { checkKubernetesVersion, DEFAULT_KUBERNETES_VERSION } from '../../src/cluster/kubernetes-support';
import { kubernetes } from '../../src/flux/install/versions.json';
import { testApp } from '../platform/test-app';

const warningsOn = (date: string, version: string) => {
  const stack = new Stack(testApp(), 'Stack');
  checkKubernetesVersion(stack, eks.KubernetesVersion.of(version), new Date(date));
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data));
};

test('a version that is supported for long is no matter', () => {
  expect(warningsOn('2026-11-24', '1.36')).toEqual([]);
});

test.each([
  ['2026-12-27', '1.35', 'EKS ends standard support of Kubernetes 1.35 on 2027-03-27'],
  ['2026-12-02', '1.34', 'EKS ends standard support of Kubernetes 1.34 on 2026-12-02'],
  ['2026-12-04', '1.34', 'EKS ended standard support of Kubernetes 1.34 on 2026-12-02'],
])('on %s version %s is warned of', (date, version, warning) => {
  expect(warningsOn(date, version)).toEqual([expect.stringContaining(warning)]);
});

test('the day before the notice begins is silent', () => {
  expect(warningsOn('2026-12-26', '1.35')).toEqual([]);
});

test.each(['1.33', '1.37', '1.3', ''])('fails for version %j, which Flux does not support', (version) => {
  expect(() => checkKubernetesVersion(new Stack(), eks.KubernetesVersion.of(version)))
    .toThrow(`kubernetesVersion ${JSON.stringify(version)} of 'Default' is not allowed: Flux 2.9 supports 1.34, 1.35, 1.36.`);
});

test('the calendar has exactly the versions of the shipped Flux, and the default is the newest', () => {
  kubernetes.forEach((version) => expect(() => checkKubernetesVersion(new Stack(), eks.KubernetesVersion.of(version))).not.toThrow());
  expect(DEFAULT_KUBERNETES_VERSION.version).toBe(kubernetes.at(-1));
});

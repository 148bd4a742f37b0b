import { Annotations, Token } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { InvalidPropError } from '../private/invalid-prop';

/**
 * Versions that Flux 2.9 supports, and the day on which EKS ends their standard support; after it a cluster costs
 * six times as much. https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
 */
const SUPPORTED = [
  { version: '1.34', standardSupportEnds: '2026-12-02' },
  { version: '1.35', standardSupportEnds: '2027-03-27' },
  { version: '1.36', standardSupportEnds: '2027-08-02' },
];

/** The newest version that Flux 2.9 supports. */
export const DEFAULT_KUBERNETES_VERSION = eks.KubernetesVersion.of('1.36');

/** An upgrade has to be planned, tried and rolled out. */
const NOTICE_DAYS = 90;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * Refuses a version that the shipped Flux does not run on, and warns of one whose standard support ends.
 */
export function checkKubernetesVersion(scope: Construct, { version }: eks.KubernetesVersion, today: Date = new Date()): void {
  if (Token.isUnresolved(version)) {
    return;
  }
  const end = SUPPORTED.find((supported) => supported.version === version)?.standardSupportEnds;
  if (end === undefined) {
    throw new InvalidPropError(scope, {
      prop: 'kubernetesVersion',
      value: version,
      allowed: `Flux 2.9 supports ${SUPPORTED.map((supported) => supported.version).join(', ')}`,
      advice: 'Choose one of these.',
    });
  }
  const days = Math.ceil((Date.parse(end) - today.getTime()) / DAY_MILLISECONDS);
  if (days <= NOTICE_DAYS) {
    Annotations.of(scope).addWarningV2(
      'cdk-gitops-pipeline:kubernetesSupport',
      `EKS ${days < 0 ? 'ended' : 'ends'} standard support of Kubernetes ${version} on ${end}; extended support costs extra. `
        + `Set kubernetesVersion to ${DEFAULT_KUBERNETES_VERSION.version}, one minor version per deployment.`,
    );
  }
}

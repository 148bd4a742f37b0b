import type { V1MutatingWebhookConfiguration, V1Pod } from '@kubernetes/client-node';
import { AdmissionContext, admitPod } from './pod-admission';

interface AdmissionReview {
  readonly request: { readonly uid: string; readonly namespace: string; readonly object: V1Pod };
}

/** Answers the API server's question about a new pod with the change to make. */
export function reviewPod({ request }: AdmissionReview, context: AdmissionContext): object {
  const admitted = admitPod(request.object, request.namespace, context);
  const patch = [
    { op: 'replace', path: '/spec', value: admitted.spec },
    { op: 'add', path: '/metadata/annotations', value: admitted.metadata?.annotations ?? {} },
  ];
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: request.uid, allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') },
  };
}

/** Makes the API server ask; the name is that of EKS's own webhook. */
export function webhookConfiguration(url: string, certificateAuthority: string): V1MutatingWebhookConfiguration {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'pod-identity-webhook' },
    webhooks: [{
      name: 'pod-identity-webhook.amazonaws.com',
      clientConfig: { url, caBundle: Buffer.from(certificateAuthority).toString('base64') },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      timeoutSeconds: 10,
    }],
  };
}

import type { V1Container, V1EnvVar, V1Pod } from '@kubernetes/client-node';
import { EksState } from './eks-state';
import { fluxController } from './flux-arguments';
import { ANNOTATIONS, FLUX_NAMESPACE, NODE_LABEL, ProcessState } from './pod-annotations';
import { REGION } from '../account/constants';

export interface AdmissionContext {
  readonly state: EksState;
  /** Whether pods run on a real node, if they are not Flux's */
  readonly realNode: boolean;
  /** Flux controllers that can run as processes */
  readonly controllers: string[];
}

const TOKEN_VOLUME = 'eks-pod-identity-token';
const TOKEN_PATH = '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount';

/**
 * What happens to a pod when it is created
 *
 * EKS's own webhook adds the Pod Identity environment, only then and only where the association exists; a node is
 * chosen by the sandbox: Flux's pods are placed on kwok's, since processes stand for them.
 */
export function admitPod(pod: V1Pod, namespace: string, context: AdmissionContext): V1Pod {
  const admitted = structuredClone(pod);
  const spec = admitted.spec!;
  if (context.state.podIdentityOf(namespace, spec.serviceAccountName ?? 'default')) addPodIdentity(admitted);

  const process = namespace === FLUX_NAMESPACE && spec.containers.map(fluxController).find(name => name && context.controllers.includes(name));
  const kwok = namespace === FLUX_NAMESPACE || !context.realNode;
  spec.nodeSelector = { ...spec.nodeSelector, [NODE_LABEL]: kwok ? 'kwok' : 'real' };
  if (process) annotate(admitted, ANNOTATIONS.process, 'pending' satisfies ProcessState);
  else if (kwok) addFault(admitted, namespace, context.state);
  return admitted;
}

function addPodIdentity(pod: V1Pod): void {
  const spec = pod.spec!;
  for (const container of [...spec.containers, ...spec.initContainers ?? []]) {
    addEnvironment(container, [
      { name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' },
      { name: 'AWS_DEFAULT_REGION', value: REGION },
      { name: 'AWS_REGION', value: REGION },
      { name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI', value: 'http://169.254.170.23/v1/credentials' },
      { name: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', value: `${TOKEN_PATH}/${TOKEN_VOLUME}` },
    ]);
    container.volumeMounts = [...container.volumeMounts ?? [], { name: TOKEN_VOLUME, mountPath: TOKEN_PATH, readOnly: true }];
  }
  const projection = { serviceAccountToken: { audience: 'pods.eks.amazonaws.com', expirationSeconds: 86400, path: TOKEN_VOLUME } };
  spec.volumes = [...spec.volumes ?? [], { name: TOKEN_VOLUME, projected: { sources: [projection] } }];
}

function addEnvironment(container: V1Container, variables: V1EnvVar[]): void {
  const present = new Set((container.env ?? []).map(({ name }) => name));
  container.env = [...container.env ?? [], ...variables.filter(({ name }) => !present.has(name))];
}

function addFault(pod: V1Pod, namespace: string, { brokenImages }: EksState): void {
  const digests = [...pod.spec!.initContainers ?? [], ...pod.spec!.containers].map(({ image }) => image?.split('@')[1] ?? '');
  const fault = digests.map(digest => brokenImages.get(digest) ?? brokenImages.get(`${namespace}/${digest}`)).find(Boolean);
  if (fault) annotate(pod, ANNOTATIONS.fault, fault);
}

function annotate(pod: V1Pod, key: string, value: string): void {
  pod.metadata = { ...pod.metadata, annotations: { ...pod.metadata?.annotations, [key]: value } };
}

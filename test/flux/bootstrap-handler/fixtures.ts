import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { physicalResourceIdOf } from '../../../src/custom-resource-handler/run-custom-resource';
import { BootstrapDependencies, BootstrapEvent, bootstrapHandlers } from '../../../src/flux/bootstrap-handler/bootstrap';
import { CONTROLLERS } from '../../../src/flux/bootstrap-handler/request';
import manifests from '../../../src/flux/install/flux.json';
import type { KubernetesObject } from '../../../src/kubernetes/kubernetes-api';
import { ManualClock } from '../../kubernetes/manual-clock';
import { MemoryKubernetesApi } from '../../kubernetes/memory-kubernetes-api';

export const FLUX = manifests as unknown as KubernetesObject[];

export const GIT_REPOSITORY: KubernetesObject = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  metadata: { name: 'infrastructure', namespace: 'flux-system' },
  spec: { interval: '1m', url: 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/infrastructure' },
};

export function kustomization(name: string, spec: object = {}): KubernetesObject {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: 'flux-system' },
    spec: { prune: true, deletionPolicy: 'WaitForTermination', sourceRef: { kind: 'GitRepository', name: 'infrastructure' }, ...spec },
  };
}

export const ACCESS: KubernetesObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'cdk-gitops-pipeline-rollouts' }, rules: [],
};

interface PropertyChanges {
  controllers?: readonly string[];
  objects?: KubernetesObject[];
  associations?: Record<string, string>;
}

export function properties(changes: PropertyChanges = {}): Record<string, string> {
  const objects = changes.objects ?? [ACCESS, GIT_REPOSITORY, kustomization('infrastructure')];
  return {
    ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:bootstrap',
    Controllers: JSON.stringify(changes.controllers ?? CONTROLLERS.slice(0, 2)),
    Objects: JSON.stringify(objects),
    Sync: JSON.stringify(objects.filter(({ kind }) => ['GitRepository', 'Kustomization'].includes(kind))
      .map(({ apiVersion, kind, metadata: { name, namespace } }) => ({ apiVersion, kind, name, namespace }))),
    Associations: JSON.stringify(changes.associations ?? { 'source-controller': 'a-1' }),
  };
}

const STACK_ID = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/1';

/** Physical id of the custom resource `Flux` of that stack. */
export const OWNER = physicalResourceIdOf({ RequestType: 'Create', LogicalResourceId: 'Flux', StackId: STACK_ID } as any);

export function eventOf(type: 'Create' | 'Update' | 'Delete', changes: object = {}): BootstrapEvent {
  return {
    RequestType: type,
    RequestId: 'request',
    ResponseURL: 'https://answer.example',
    StackId: STACK_ID,
    LogicalResourceId: 'Flux',
    ResourceType: 'Custom::Flux',
    ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:bootstrap',
    PhysicalResourceId: OWNER,
    ResourceProperties: properties(),
    ...changes,
  } as unknown as CloudFormationCustomResourceEvent;
}

/** The handlers over a cluster in memory, with time that passes at once. */
export function handlersOver(api: MemoryKubernetesApi, changes: Partial<BootstrapDependencies> = {}) {
  const clock = new ManualClock();
  const continued: BootstrapEvent[] = [];
  const log: string[] = [];
  const handlers = bootstrapHandlers({
    manifests: FLUX,
    connect: () => api,
    clock,
    remainingMs: () => 15 * 60_000,
    continueLater: async (event) => { continued.push(event); },
    logger: { info: (message) => log.push(message), error: (message) => log.push(message) },
    ...changes,
  });
  return {
    clock,
    continued,
    log,
    create: (event = eventOf('Create')) => handlers.create(event as any),
    update: (event = eventOf('Update')) => handlers.update(event as any),
    delete: (event = eventOf('Delete')) => handlers.delete(event as any),
  };
}

import { ACCESS, eventOf, FLUX, GIT_REPOSITORY, handlersOver, kustomization, properties } from './fixtures';
import { fluxControllers, kubernetesControllers } from './simulated-flux';
import { INVENTORY_REF } from '../../../src/flux/bootstrap-handler/inventory';
import { CONTROLLERS } from '../../../src/flux/bootstrap-handler/request';
import { KubernetesError } from '../../../src/kubernetes/kubernetes-api';
import { MemoryKubernetesApi } from '../../kubernetes/memory-kubernetes-api';

const WITH_IMAGES = ['source-controller', 'kustomize-controller', 'image-reflector-controller', 'image-automation-controller'];
const CRD = FLUX.find(({ metadata }) => metadata.name === 'kustomizations.kustomize.toolkit.fluxcd.io')!;

let api: MemoryKubernetesApi;
beforeEach(() => {
  api = fluxControllers(kubernetesControllers(new MemoryKubernetesApi()));
});

function inventoryNames(): string[] {
  return JSON.parse(api.find('ConfigMap', INVENTORY_REF.name)!.data.objects).map(({ name }: { name: string }) => name);
}

describe('Create', () => {
  test('applies in the order in which things need each other', async () => {
    expect(await handlersOver(api).create()).toEqual({});

    const at = (call: string) => api.calls.indexOf(call);
    const order = [
      'apply Namespace flux-system', `apply ConfigMap flux-system/${INVENTORY_REF.name}`, 'apply CustomResourceDefinition gitrepositories.source.toolkit.fluxcd.io',
      'apply ServiceAccount flux-system/source-controller', 'apply Deployment flux-system/source-controller',
      'apply ClusterRole cdk-gitops-pipeline-rollouts', 'apply GitRepository flux-system/infrastructure', 'apply Kustomization flux-system/infrastructure',
    ].map(at);
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test('records everything before it applies it, so that half of it can be removed', async () => {
    jest.spyOn(api, 'apply').mockImplementation(async function (this: MemoryKubernetesApi, object) {
      if (object.kind === 'Deployment') {
        throw new KubernetesError('Cannot apply Deployment: quota exceeded (403 Forbidden)', 403, 'Forbidden');
      }
      return MemoryKubernetesApi.prototype.apply.call(api, object);
    });
    await expect(handlersOver(api).create()).rejects.toThrow('quota exceeded (403 Forbidden)');
    expect(inventoryNames()).toEqual(expect.arrayContaining(['source-controller', 'infrastructure', 'cdk-gitops-pipeline-rollouts', 'flux-system']));
  });

  test('waits for a role that EKS does not know yet', async () => {
    const refusals = [401, 401, 403];
    const get = api.get.bind(api);
    jest.spyOn(api, 'get').mockImplementation(async (ref) => {
      const code = refusals.shift();
      if (code) {
        throw new KubernetesError(`Unauthorized (${code})`, code);
      }
      return get(ref);
    });
    expect(await handlersOver(api).create()).toEqual({});
  });

  test('fails with the API server\'s words when it never lets the role in', async () => {
    jest.spyOn(api, 'get').mockRejectedValue(new KubernetesError('Cannot get Namespace flux-system: Unauthorized (401)', 401));
    await expect(handlersOver(api).create()).rejects.toThrow('The cluster cannot be reached: Cannot get Namespace flux-system: Unauthorized (401)');
  });

  test('fails with the pod\'s reason when a controller does not run', async () => {
    api = new MemoryKubernetesApi().react((object) => {
      object.status = object.kind === 'CustomResourceDefinition' ? { conditions: [{ type: 'Established', status: 'True' }] }
        : object.kind === 'Deployment' ? { observedGeneration: object.metadata.generation, replicas: 1, updatedReplicas: 1 } : object.status;
    });
    api.seed({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'source-controller-x', namespace: 'flux-system', labels: { app: 'source-controller' } },
      status: { containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'no route to ghcr.io' } } }] },
    });
    await expect(handlersOver(api).create()).rejects.toThrow(
      /^Flux's controllers do not run: .*source-controller: Pod flux-system\/source-controller-x is waiting: ImagePullBackOff: no route to ghcr.io/);
  });

  test('fails with Flux\'s words when the first sync does not work', async () => {
    api = fluxControllers(kubernetesControllers(new MemoryKubernetesApi()), (object) => object.kind === 'GitRepository'
      ? { status: 'False', reason: 'GitOperationFailed', message: 'failed to checkout: authorization failed' } : {});
    const run = handlersOver(api);
    await expect(run.create()).rejects.toThrow(
      'Flux cannot deliver: GitRepository flux-system/infrastructure is not ready: GitOperationFailed: failed to checkout: authorization failed');
  });

  test('a sync that works only in the end is a success', async () => {
    let works = false;
    api = fluxControllers(kubernetesControllers(new MemoryKubernetesApi()), () => works ? {} : { status: 'False', message: 'not yet' });
    const run = handlersOver(api);
    run.clock.after(90_000, () => {
      works = true;
      api.all().filter(({ kind }) => ['GitRepository', 'Kustomization'].includes(kind)).forEach((object) => void api.patch({ ...object, ...object.metadata } as any, {}));
    });
    expect(await run.create()).toEqual({});
  });

  test('replaces pods that were admitted before their Pod Identity association was known', async () => {
    let restarted = false;
    api = fluxControllers(kubernetesControllers(new MemoryKubernetesApi()), () => restarted ? {} : { status: 'False', message: 'no credentials' });
    api.seed(...['source-controller', 'kustomize-controller'].map((name) => ({
      apiVersion: 'v1', kind: 'Pod', metadata: { name: `${name}-x`, namespace: 'flux-system' }, spec: { serviceAccountName: name, containers: [{ name: 'manager' }] },
    })));
    const run = handlersOver(api);
    run.clock.after(70_000, () => {
      restarted = true;
      api.all().filter(({ kind }) => ['GitRepository', 'Kustomization'].includes(kind)).forEach((object) => void api.patch({ ...object, ...object.metadata } as any, {}));
    });
    await run.create();
    expect(api.calls.filter((call) => call.startsWith('patch Deployment'))).toEqual(['patch Deployment flux-system/source-controller']);
  });

  test('goes on in a further invocation when the function\'s time is nearly over', async () => {
    api = kubernetesControllers(new MemoryKubernetesApi()); // no Flux, so the sync is never ready
    const run = handlersOver(api, { remainingMs: () => 3 * 60_000 });
    const startedAt = run.clock.now();
    expect(await run.create()).toBe('answered later');
    expect(run.continued).toEqual([{ ...eventOf('Create'), StartedAt: startedAt }]);

    run.clock.after(1, () => {});
    await expect(handlersOver(api, { remainingMs: () => 3 * 60_000 }).create(eventOf('Create', { StartedAt: startedAt - 46 * 60_000 })))
      .rejects.toThrow(/^Not done after 45 minutes: still waiting for GitRepository flux-system\/infrastructure/);
  });
});

describe('a Flux that somebody else manages', () => {
  test.each([
    ['flux bootstrap', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'flux-system', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } },
      'the Kustomization flux-system/flux-system, as "flux bootstrap" makes it'],
    ['Helm', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, '"Helm"'],
    ['kubectl', { managedFields: [{ manager: 'kubectl-client-side-apply' }] }, 'the field manager "kubectl-client-side-apply"'],
  ])('fails, having changed nothing, where it came by %s', async (_, metadata, owner) => {
    api.seed({ ...CRD, metadata: { name: CRD.metadata.name, ...metadata } });
    await expect(handlersOver(api).create()).rejects.toThrow(`Flux is not installed: Flux in this cluster is managed by ${owner}`);
    expect(api.calls).toEqual([]);
  });

  test('fails where the Flux Operator has an instance', async () => {
    api.seed({ apiVersion: 'fluxcd.controlplane.io/v1', kind: 'FluxInstance', metadata: { name: 'flux', namespace: 'flux-system' } });
    await expect(handlersOver(api).create()).rejects.toThrow('Flux Operator (FluxInstance flux-system/flux)');
  });

  test('fails where another stack installed it', async () => {
    await handlersOver(api).create();
    await expect(handlersOver(api).create(eventOf('Create', { StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/other/2' })))
      .rejects.toThrow('managed by the stack arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/1');
  });
});

describe('Update', () => {
  test('a second run changes no object but the inventory', async () => {
    await handlersOver(api).create();
    const generations = () => api.all().map(({ kind, metadata }) => [kind, metadata.name, metadata.generation]);
    const before = generations();
    expect(await handlersOver(api).update()).toEqual({});
    expect(generations()).toEqual(before);
  });

  test('prunes a controller that is no longer wanted, its kinds and its objects', async () => {
    const automation = { apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImageUpdateAutomation', metadata: { name: 'infrastructure', namespace: 'flux-system' }, spec: {} };
    const objects = [ACCESS, GIT_REPOSITORY, kustomization('infrastructure')];
    await handlersOver(api).create(eventOf('Create', { ResourceProperties: properties({ controllers: WITH_IMAGES, objects: [...objects, automation] }) }));
    expect(api.find('Deployment', 'image-automation-controller')).toBeDefined();

    expect(await handlersOver(api).update(eventOf('Update', { ResourceProperties: properties({ objects }) }))).toEqual({});
    expect(api.all().filter(({ metadata }) => /image/.test(metadata.name)).map(({ metadata }) => metadata.name)).toEqual([]);
    expect(api.find('ImageUpdateAutomation', 'infrastructure')).toBeUndefined();
    expect(inventoryNames().some((name) => name.includes('image'))).toBe(false);
  });

  test('keeps a kind that Git still uses, with its controller, and says so', async () => {
    await handlersOver(api).create(eventOf('Create', { ResourceProperties: properties({ controllers: WITH_IMAGES }) }));
    api.seed({ apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImagePolicy', metadata: { name: 'shop-staging', namespace: 'flux-system' } });

    const outcome = await handlersOver(api).update();
    expect(outcome).toEqual({ reason: 'Kept until they are unused: ImagePolicy (by ImagePolicy flux-system/shop-staging)' });
    expect(api.find('ImagePolicy', 'shop-staging')).toBeDefined();
    expect(api.find('Deployment', 'image-reflector-controller')).toBeDefined();
    expect(api.find('Deployment', 'image-automation-controller')).toBeUndefined();

    await api.delete({ apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImagePolicy', name: 'shop-staging', namespace: 'flux-system' });
    await handlersOver(api).update();
    expect(api.find('Deployment', 'image-reflector-controller')).toBeUndefined();
  });

  test('leaves what somebody else has taken over', async () => {
    await handlersOver(api).create(eventOf('Create', { ResourceProperties: properties({ controllers: CONTROLLERS }) }));
    api.change(api.find('Deployment', 'helm-controller')!, (deployment) => { deployment.metadata.labels['app.kubernetes.io/managed-by'] = 'Helm'; });
    await expect(handlersOver(api).update()).rejects.toThrow('managed by "Helm" (Deployment flux-system/helm-controller)');
  });

  test('does not wait for a sync that a person has suspended', async () => {
    await handlersOver(api).create();
    await api.patch({ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', name: 'infrastructure', namespace: 'flux-system' }, { spec: { suspend: true } });
    const run = handlersOver(api);
    expect(await run.update()).toEqual({});
    expect(run.log).toContain('Kustomization flux-system/infrastructure is suspended, so nobody waits for it');
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster } from '../../../sandbox/cluster';
import { buildParts } from '../../../sandbox/parts/build';
import { Processes } from '../../../sandbox/processes';
import { imageRepository } from '../../../src/flux/manifests/image-repository';
import { RECONCILE_GROUP, REQUESTED_AT_ANNOTATION } from '../../../src/flux/manifests/names';
import { platformObjects } from '../../../src/flux/manifests/platform-objects';
import { FakeAccount } from '../../sandbox/cluster/fake-account';
import { ApiClient } from '../api-client';

const ROLE = 'arn:aws:iam::111122223333:role/reconcile';
const FLUX = join(__dirname, '../../../src/flux/install/flux.json');
const URL = 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/acme-infrastructure';

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
/** What the reconcile function may ask for, with what is like it in other namespaces */
const SOURCES = ['/apis/source.toolkit.fluxcd.io/v1/gitrepositories', '/apis/image.toolkit.fluxcd.io/v1/imagerepositories'];
/** What it has no business with */
const OTHERS = [
  '/apis/image.toolkit.fluxcd.io/v1/imageupdateautomations', '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations', `/apis/${RBAC}/v1/namespaces/flux-system/roles`,
  `/apis/${RBAC}/v1/namespaces/flux-system/rolebindings`, `${ADMISSION}/validatingadmissionpolicies`, `${ADMISSION}/validatingadmissionpolicybindings`,
  '/api/v1/namespaces/flux-system/configmaps',
];

/** Objects like those that it may ask about, and one of another kind */
const NEIGHBOURS = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'neighbour', namespace: 'flux-system' }, data: { key: 'value' } },
  {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'infrastructure', namespace: 'default' },
    spec: { interval: '1m', url: URL },
  },
];

/** An API server with Flux's kinds and the platform's objects, without Flux itself: nobody changes anything but the tests */
export class ReconcileCluster {
  public static async start(dir: string): Promise<ReconcileCluster> {
    const parts = await buildParts({ only: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'] });
    const processes = new Processes(dir);
    const account = new FakeAccount();
    const cluster = await Cluster.start({ dir: join(dir, 'cluster'), processes, parts, nodes: 'kwok', account });
    await account.create('AWS::EKS::Cluster', { Name: 'acme' });
    await account.create('AWS::EKS::AccessEntry', { ClusterName: 'acme', PrincipalArn: ROLE, KubernetesGroups: [RECONCILE_GROUP] });
    const kinds = JSON.parse(readFileSync(FLUX, 'utf8')).filter(({ kind }: any) => ['Namespace', 'CustomResourceDefinition'].includes(kind));
    await apply(cluster, dir, kinds);
    await cluster.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
    await apply(cluster, dir, [...objects(), ...NEIGHBOURS]);
    return new ReconcileCluster(processes, cluster);
  }

  /** Somebody with every right. */
  public readonly admin: ApiClient;
  /** The reconcile function. */
  public readonly reconcile: ApiClient;

  private constructor(private readonly processes: Processes, cluster: Cluster) {
    this.admin = ApiClient.admin(cluster);
    this.reconcile = new ApiClient(cluster, `${ROLE}~acme~token`);
  }

  /** What is in the cluster, without what the reconcile function may change. */
  public async state(of: 'sources' | 'everything'): Promise<object[]> {
    const lists = await Promise.all((of === 'sources' ? SOURCES : [...SOURCES, ...OTHERS]).map(async (path) => this.admin.ask('GET', path)));
    return lists.flatMap(({ items }) => items.map(withoutRequest));
  }

  /** From now on RBAC stands before nothing any more, so the policy stands alone. */
  public async giveEveryRight(): Promise<void> {
    await this.admin.ask('POST', `/apis/${RBAC}/v1/clusterrolebindings`, {
      metadata: { name: 'every-right' },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: RBAC, kind: 'Group', name: RECONCILE_GROUP }],
    });
  }

  /** Replaces the policy and its binding, or takes the binding away. */
  public async put({ policy, binding }: { policy: any; binding?: any }): Promise<void> {
    await this.replace(`${ADMISSION}/validatingadmissionpolicies`, policy);
    const bindings = `${ADMISSION}/validatingadmissionpolicybindings`;
    if (binding) await this.replace(bindings, binding);
    else await this.admin.ask('DELETE', `${bindings}/${policy.metadata.name}`);
  }

  private async replace(path: string, object: any): Promise<void> {
    const { status, body } = await this.admin.send('GET', `${path}/${object.metadata.name}`);
    if (status === 404) await this.admin.ask('POST', path, object);
    else await this.admin.ask('PUT', `${path}/${object.metadata.name}`, { ...body, spec: object.spec });
  }

  public async stop(): Promise<void> {
    this.admin.close();
    this.reconcile.close();
    await this.processes.stopAll();
  }
}

/** As the bootstrap function applies them, and what an application that follows tags adds. */
function objects(): object[] {
  const source = imageRepository({
    platform: 'acme',
    application: 'shop',
    environment: 'staging',
    namespace: 'shop-staging',
    followsTags: true,
    imageRepositoryUri: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/shop',
  });
  return [...platformObjects({ platformName: 'acme', repositoryUrl: URL, imageAutomation: true }), source].map((object) => (
    // something that others set
    { ...object, metadata: { ...object.metadata, annotations: { team: 'shop' } } }
  ));
}

/** The annotation, and the API server's own notes that somebody wrote. */
function withoutRequest(object: any): object {
  const { resourceVersion, managedFields = [], annotations = {}, ...metadata } = object.metadata;
  const { [REQUESTED_AT_ANNOTATION]: request, ...others } = annotations;
  return { ...object, metadata: { ...metadata, annotations: others, appliers: managedFields.filter(({ operation }: any) => operation === 'Apply') } };
}

async function apply(cluster: Cluster, dir: string, items: object[]): Promise<void> {
  const file = join(dir, 'objects.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await cluster.kubectl(['apply', '--server-side', '--filename', file]);
}

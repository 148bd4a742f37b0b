import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { FakeAccount } from './fake-account';
import { Cluster } from '../../../sandbox/cluster';
import { buildParts } from '../../../sandbox/parts/build';
import { Processes } from '../../../sandbox/processes';

const ROLE = 'arn:aws:iam::111122223333:role';
const FLUX = join(__dirname, '../../../src/flux/install/flux.json');

jest.setTimeout(120_000);

let dir: string;
let account: FakeAccount;
let processes: Processes;
let cluster: Cluster;

beforeAll(async () => {
  const parts = await buildParts();
  dir = mkdtempSync(join(tmpdir(), 'cluster-'));
  account = new FakeAccount();
  processes = new Processes(dir);
  cluster = await Cluster.start({ dir: join(dir, 'cluster'), processes, parts, nodes: 'kwok', account });
  await account.create('AWS::EKS::Cluster', { Name: 'shop' });
  await account.create('AWS::EKS::Nodegroup', { ClusterName: 'shop', NodegroupName: 'workers', NodeRole: `${ROLE}/node`, AmiType: 'AL2023_ARM_64_STANDARD' });
}, 20 * 60_000);

afterAll(async () => {
  await processes?.stopAll();
  rmSync(dir, { recursive: true, force: true });
});

test('nodes are those of the template\'s node group', async () => {
  const nodes = await cluster.kubectl(['get', 'nodes', '-o', 'jsonpath={range .items[*]}{.metadata.labels.kubernetes\\.io/arch} {.metadata.labels.eks\\.amazonaws\\.com/nodegroup} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}']);
  expect(nodes).toBe('arm64 workers True\narm64 workers True\n');
});

describe('an AWS role', () => {
  const as = (role: string, clusterName = 'shop') => {
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'shop', server: cluster.endpoint, caData: Buffer.from(cluster.certificateAuthority).toString('base64'), skipTLSVerify: false }],
      users: [{ name: role, token: `${ROLE}/${role}~${clusterName}~${randomUUID()}` }],
      contexts: [{ name: role, cluster: 'shop', user: role }],
      currentContext: role,
    });
    return config.makeApiClient(CoreV1Api);
  };

  test('without an access entry is nobody', async () => {
    await expect(as('stranger').listNamespacedConfigMap({ namespace: 'default' })).rejects.toMatchObject({ code: 401 });
  });

  test('has the rights that RBAC gives to its groups, and no others', async () => {
    await account.create('AWS::EKS::AccessEntry', { ClusterName: 'shop', PrincipalArn: `${ROLE}/deploy`, KubernetesGroups: ['cdk-gitops-pipeline:deploy'] });
    await expect(as('deploy').listNamespacedConfigMap({ namespace: 'default' })).rejects.toMatchObject({ code: 403, body: expect.stringContaining(`User \\"${ROLE}/deploy\\" cannot list`) });

    await cluster.kubectl(['create', 'rolebinding', 'deploy', '--clusterrole=view', '--group=cdk-gitops-pipeline:deploy']);

    await expect(as('deploy').listNamespacedConfigMap({ namespace: 'default' })).resolves.toMatchObject({ items: expect.anything() });
    await expect(as('deploy').listNamespacedConfigMap({ namespace: 'kube-system' })).rejects.toMatchObject({ code: 403 });
  });

  test('is written down with what it asked for and which right allowed it', () => {
    const requests = cluster.audit().filter(({ user }) => user === `${ROLE}/deploy`);
    expect(requests).toEqual(expect.arrayContaining([
      expect.objectContaining({
        groups: expect.arrayContaining(['cdk-gitops-pipeline:deploy']),
        verb: 'list',
        resource: { apiGroup: '', resource: 'configmaps', namespace: 'default' },
        decision: 'allow',
        reason: expect.stringContaining('of ClusterRole "view" to Group "cdk-gitops-pipeline:deploy"'),
      }),
      expect.objectContaining({ verb: 'list', resource: { apiGroup: '', resource: 'configmaps', namespace: 'kube-system' }, decision: 'forbid', status: 403 }),
    ]));
    expect(cluster.audit().filter(({ user }) => /^(admin|kwok|system:kube-.*|system:apiserver)$/.test(user))).toEqual([]);
  });

  test('cannot use a token that was made for another cluster', async () => {
    await expect(as('deploy', 'another').listNamespacedConfigMap({ namespace: 'default' })).rejects.toMatchObject({ code: 401 });
  });

  test('may everything with AmazonEKSClusterAdminPolicy, until its access entry is gone', async () => {
    const props = {
      ClusterName: 'shop',
      PrincipalArn: `${ROLE}/bootstrap`,
      AccessPolicies: [{ PolicyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy', AccessScope: { Type: 'cluster' } }],
    };
    const { id } = await account.create('AWS::EKS::AccessEntry', props);
    await expect(as('bootstrap').listNode()).resolves.toMatchObject({ items: expect.anything() });

    await account.types.get('AWS::EKS::AccessEntry')!.delete(id, props);

    await expect(as('bootstrap').listNode()).rejects.toMatchObject({ code: 401 });
  });
});

describe('a deployment', () => {
  const deploy = async (name: string, digest: string) => cluster.kubectl(['create', 'deployment', name, `--image=registry/${name}@${digest}`]);
  const waiting = async (name: string) => cluster.kubectl(['get', 'pods', '-l', `app=${name}`, '-o', 'jsonpath={.items[0].status.containerStatuses[0].state.waiting.reason}']);

  test('becomes available', async () => {
    await deploy('good', 'sha256:600d');
    await expect(cluster.kubectl(['rollout', 'status', 'deployment/good', '--timeout=20s'])).resolves.toContain('successfully rolled out');
  });

  test('whose pods were taken for lost, since their node was not heard of, is available again', async () => {
    const pod = (await cluster.kubectl(['get', 'pods', '-l', 'app=good', '-o', 'name'])).trim();
    await cluster.kubectl(['patch', pod, '--subresource=status', '-p', JSON.stringify({ status: { conditions: [{ type: 'Ready', status: 'False' }] } })]);
    await cluster.kubectl(['wait', '--for=condition=Ready', pod, '--timeout=20s']);
  });

  test.each([['crash', 'CrashLoopBackOff'], ['pull', 'ImagePullBackOff']] as const)('of an image broken by %s shows %s', async (fault, reason) => {
    cluster.breakImage(`sha256:${fault}`, fault);
    await deploy(`broken-${fault}`, `sha256:${fault}`);
    await cluster.kubectl(['wait', `--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=${reason}`, 'pod', '-l', `app=broken-${fault}`, '--timeout=20s']);
    await expect(waiting(`broken-${fault}`)).resolves.toBe(reason);
    await expect(cluster.kubectl(['get', 'deployment', `broken-${fault}`, '-o', 'jsonpath={.status.unavailableReplicas}'])).resolves.toBe('1');
  });

  test('of an image that never gets ready runs and waits', async () => {
    cluster.breakImage('sha256:never', 'never-ready');
    await deploy('never', 'sha256:never');
    await cluster.kubectl(['wait', '--for=jsonpath={.status.phase}=Running', 'pod', '-l', 'app=never', '--timeout=20s']);
    await expect(cluster.kubectl(['get', 'pods', '-l', 'app=never', '-o', 'jsonpath={.items[0].status.containerStatuses[0].ready}'])).resolves.toBe('false');
  });
});

describe('Flux', () => {
  const process = (controller: string) => processes.running.filter(({ name }) => name.startsWith(controller));
  const environment = (controller: string) => readFileSync(`/proc/${process(controller)[0].pid}/environ`, 'utf8').split('\0');
  const rollout = async () => cluster.kubectl(['rollout', 'status', 'deployment', '-n', 'flux-system', '--timeout=60s']);

  beforeAll(async () => {
    await account.create('AWS::EKS::Addon', { ClusterName: 'shop', AddonName: 'eks-pod-identity-agent' });
    await account.create('AWS::EKS::PodIdentityAssociation', { ClusterName: 'shop', Namespace: 'flux-system', ServiceAccount: 'source-controller', RoleArn: `${ROLE}/source` });
    writeFileSync(join(dir, 'flux.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: JSON.parse(readFileSync(FLUX, 'utf8')) }));
    await cluster.kubectl(['apply', '--server-side', '-f', join(dir, 'flux.json')]);
    await rollout();
  });

  test('runs as processes, with their own service accounts', async () => {
    for (const controller of ['source-controller', 'kustomize-controller', 'image-reflector-controller', 'image-automation-controller']) {
      expect(process(controller)).toHaveLength(1);
      const kubeconfig = environment(controller).find(variable => variable.startsWith('KUBECONFIG='))!.slice('KUBECONFIG='.length);
      const user = await cluster.kubectl(['--kubeconfig', kubeconfig, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']);
      expect(user).toBe(`system:serviceaccount:flux-system:${controller}`);
    }
    expect(process('helm-controller')).toEqual([]);
  });

  test('serves its objects: a source that cannot be reached says so', async () => {
    writeFileSync(join(dir, 'source.yaml'), JSON.stringify({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'nowhere', namespace: 'flux-system' },
      spec: { interval: '1m', url: 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/nowhere' },
    }));
    await cluster.kubectl(['apply', '-f', join(dir, 'source.yaml')]);
    await cluster.kubectl(['wait', '--for=condition=Ready=False', 'gitrepository/nowhere', '-n', 'flux-system', '--timeout=30s']);
    await cluster.kubectl(['delete', 'gitrepository/nowhere', '-n', 'flux-system', '--timeout=30s']);
  });

  test('has credentials only where an association existed when its pod was admitted', async () => {
    expect(environment('source-controller')).toContain(`AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9/${ROLE}/source`);
    expect(environment('image-reflector-controller').join()).not.toContain('AWS_CONTAINER');

    await account.create('AWS::EKS::PodIdentityAssociation', { ClusterName: 'shop', Namespace: 'flux-system', ServiceAccount: 'image-reflector-controller', RoleArn: `${ROLE}/reflector` });
    expect(environment('image-reflector-controller').join()).not.toContain('AWS_CONTAINER');

    const [before] = process('image-reflector-controller');
    await cluster.kubectl(['rollout', 'restart', 'deployment/image-reflector-controller', '-n', 'flux-system']);
    await rollout();
    await before.exited;

    expect(environment('image-reflector-controller')).toContain(`AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9/${ROLE}/reflector`);
  });

  test('comes back after a crash, and its pod shows it', async () => {
    const [before] = process('kustomize-controller');
    before.signal('SIGKILL');
    await cluster.kubectl(['wait', '--for=condition=Ready=False', 'pod', '-l', 'app=kustomize-controller', '-n', 'flux-system', '--timeout=30s']);
    await cluster.kubectl(['wait', '--for=condition=Ready', 'pod', '-l', 'app=kustomize-controller', '-n', 'flux-system', '--timeout=30s']);
    expect(process('kustomize-controller').map(({ pid }) => pid)).not.toContain(before.pid);
  });

  test('ends with its deployment', async () => {
    const [source] = process('source-controller');
    await cluster.kubectl(['delete', 'deployment/source-controller', '-n', 'flux-system']);
    await source.exited;
    await cluster.kubectl(['wait', '--for=delete', 'pod', '-l', 'app=source-controller', '-n', 'flux-system', '--timeout=30s']);
  });
});

test('everything is gone after the stop', async () => {
  const pids = processes.running.map(({ pid }) => pid!);
  expect(pids.length).toBeGreaterThan(5);

  await processes.stopAll();

  expect(pids.filter(isAlive)).toEqual([]);
  await expect(listens(Number(new URL(cluster.endpoint).port))).resolves.toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
  });
}

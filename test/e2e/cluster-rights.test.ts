import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from './api-client';
import { AccessReview } from './cluster-rights/access-review';
import { ATTACK_LABEL, ATTACKS, OTHER_NAMESPACE } from './cluster-rights/attacks';
import { Overlay } from './cluster-rights/overlay';
import { TakenRight } from './cluster-rights/taken-right';
import { everyKindOfWorkload } from './cluster-rights/workloads';
import { Part } from './hijack/part';
import { Sandbox } from '../../sandbox';
import { until } from '../../sandbox/cluster/until';
import { writeEvidence } from '../../sandbox/evidence';
import type { Clone } from '../../sandbox/scenario/developer';
import type { Outcome } from '../../sandbox/scenario/pipeline-watch';
import { AppliedWatch } from '../../sandbox/scenario/promotions';
import { Shop } from '../../sandbox/scenario/shop';
import { readCluster } from '../../src/delivery/deploy-handler/cluster-view';
import { DEPLOY_GROUP, ROLLOUTS_ROLE } from '../../src/flux/manifests/names';
import { describeGrant } from '../grants/kubernetes/grants';
import { ENVIRONMENTS, shippedPermits } from '../grants/kubernetes/permits';
import { writeFigures } from '../verify/figures';

const BASE = 'apps/shop/base';

let dir: string;
let sandbox: Sandbox;
let shop: Shop;
let infrastructure: Clone;
let overlay: Overlay;
let refused = 0;
let reviewed = 0;
let missed = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'rights-'));
  sandbox = await Sandbox.start({ dir, nodes: 'kwok' });
  shop = await Shop.deploy(sandbox);
  expect((await shop.firstDelivery()).status).toBe('Succeeded');
  await sandbox.cluster.kubectl(['create', 'namespace', OTHER_NAMESPACE]);
  infrastructure = await shop.developer.clone('shop-infrastructure');
  overlay = new Overlay(sandbox, infrastructure);
}, 45 * 60_000); // the programs may have to be built first

afterAll(async () => {
  writeFigures('cluster-rights', {
    'overlay attacks refused': refused, 'rights of an environment reviewed': reviewed, 'rights taken away in the cluster and missed': missed,
  });
  await sandbox?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Everything of an attack that is in the cluster, wherever. */
async function traces(kind: string): Promise<string[]> {
  const text = await sandbox.cluster.kubectl(['get', kind, '--all-namespaces', `--selector=${ATTACK_LABEL}`, '--output=json']);
  return JSON.parse(text).items.map(({ metadata: { namespace, name } }: any) => [namespace, name].filter(Boolean).join('/'));
}

describe('a staging overlay cannot write', () => {
  afterAll(async () => {
    expect(await overlay.restore()).toMatch(/^Applied revision/);
  });

  test.each(ATTACKS)('$name', async ({ name, object, namespace, refusal }) => {
    expect(await overlay.add(name, object, namespace)).toMatch(refusal);
    expect(await traces(object.kind)).toEqual([]);
    refused++;
  });

  test('into a namespace that a manifest names: it counts as its own', async () => {
    const { object } = ATTACKS[0];
    expect(await overlay.add('by name', { ...object, metadata: { ...object.metadata, namespace: 'shop-production' } } as any)).toMatch(/^Applied revision/);
    expect(await traces(object.kind)).toEqual(['shop-staging/hijacked']);
  });
});

describe('the account that Flux acts as for staging', () => {
  /** What every account is given, to ask about itself. */
  const OWN_RIGHTS = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'].map((resource) => `create ${resource}.authorization.k8s.io`);
  let api: ApiClient;
  let review: AccessReview;

  beforeAll(async () => {
    api = ApiClient.admin(sandbox.cluster);
    review = await AccessReview.of(api, 'flux-system', 'shop-staging');
    reviewed = review.served.length;
  });
  afterAll(() => api.close());

  test.each(['shop-production', 'flux-system', OTHER_NAMESPACE])('may do nothing in %s', async (namespace) => {
    expect(await review.allowed(namespace)).toEqual([]);
  });

  test('may do nothing in the cluster but ask what it may', async () => {
    expect((await review.allowed()).sort()).toEqual([...OWN_RIGHTS, 'create selfsubjectreviews.authentication.k8s.io'].sort());
  });

  test('may deploy in its own namespace, and give Flux no orders there', async () => {
    const allowed = await review.allowed('shop-staging');
    expect(allowed).toEqual(expect.arrayContaining(['patch deployments.apps', 'create services', 'delete configmaps']));
    expect(allowed.filter((right) => /toolkit\.fluxcd\.io/.test(right) && !/^(get|list|watch) /.test(right))).toEqual([]);
  });
});

describe('a deployment', () => {
  let outcome: Outcome;

  beforeAll(async () => {
    await infrastructure.pull();
    const workloads = everyKindOfWorkload(readFileSync(join(infrastructure.folder, BASE, 'deployment.yaml'), 'utf8'));
    writeFileSync(join(infrastructure.folder, BASE, 'workloads.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: workloads }));
    await infrastructure.git(['add', BASE]);
    const commit = await infrastructure.push(`${BASE}/kustomization.yaml`, (text) => text.replace('  - service.yaml\n', '  - service.yaml\n  - workloads.json\n'),
      'feat: every kind of workload');
    await Promise.all(['shop-staging', 'shop-production'].map(async (name) => new AppliedWatch(sandbox.cluster, name).until(commit)));
  });

  test('that Flux keeps waiting asks each of its objects on the way for the reason', async () => {
    await suspend(true);
    const ended = shop.pushTitle('Hello, every kind');
    try {
      await until('the question', async () => read().has('imageupdateautomations'), { timeout: 120_000 });
    } finally {
      await suspend(false);
    }
    outcome = await ended;

    expect([...read()]).toEqual(expect.arrayContaining(['imagerepositories', 'imagepolicies', 'imageupdateautomations', 'gitrepositories', 'kustomizations']));
  });

  test('follows every kind of workload', () => {
    expect([outcome.status, outcome.hops.filter((hop) => hop.status === 'Failed')]).toEqual(['Succeeded', []]);
    expect([...read()]).toEqual(expect.arrayContaining(['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'jobs', 'cronjobs']));
  });

  async function suspend(value: boolean): Promise<void> {
    await sandbox.cluster.kubectl(['patch', 'imageupdateautomation', 'infrastructure', '--namespace=flux-system', '--type=merge', `--patch=${JSON.stringify({ spec: { suspend: value } })}`]);
  }

  /** What the deploy function got. */
  function read(): Set<string | undefined> {
    const requests = sandbox.cluster.audit().filter(({ groups, verb, decision }) => groups.includes(DEPLOY_GROUP) && verb === 'get' && decision === 'allow');
    return new Set(requests.map(({ resource }) => resource?.resource));
  }
});

describe('the deploy function, looking at that deployment,', () => {
  const looks = shippedPermits(ENVIRONMENTS.slice(0, 1)).map(({ group, grant }) => ({ group, grant, name: describeGrant(grant) }))
    .filter(({ group, name }) => group === DEPLOY_GROUP && (name.includes(ROLLOUTS_ROLE) || name.includes(' kustomizations.')));
  let admin: ApiClient;

  beforeAll(async () => {
    await writeEvidence(sandbox, 'cluster-rights'); // from here on, requests are refused on purpose
    admin = ApiClient.admin(sandbox.cluster);
  });
  afterAll(() => admin.close());

  async function look(): Promise<number> {
    const kubernetes = Part.of(sandbox, 'ShopPlatformDeployerRole').connect();
    const { workloads } = await readCluster({ kubernetes, name: 'shop-staging', namespace: 'shop-staging', isTarget: async () => true });
    return workloads.length;
  }

  test('sees every workload', async () => {
    expect(await look()).toBe(6);
  });

  test.each(looks)('is refused without $name, and says so', async ({ grant }) => {
    const taken = await TakenRight.take(admin, grant);
    try {
      const says = new RegExp(`cannot ${grant.verb} resource "${grant.resource}"`);
      await until('the refusal', async () => look().then(() => false, (error) => says.test(error.message)), { timeout: 30_000 });
    } finally {
      await taken.giveBack();
    }
    await until('the right to count again', async () => look(), { timeout: 30_000 });
    missed++;
  });
});

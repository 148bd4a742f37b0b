import { isThere, leftOf, readyPods, unlessWaiting } from './cluster-look';
import { FaultShop, SETUP_MILLISECONDS, until } from './fault-shop';
import { RemovalWatch } from './removal-watch';
import { deployVariant } from './shop-variant';
import { Workload } from '../../sandbox/scenario/workload';

const QA = { environmentName: 'qa' };
const UNDISTURBED = 'changes of the stack that disturbed nothing';

/** Each test goes on where the one before it ended, as the changes of a team do. */
let it: FaultShop;
let qa: Workload;
let cart: Workload;

beforeAll(async () => {
  it = await FaultShop.start();
  qa = new Workload(it.sandbox.cluster, 'shop-qa', 'shop');
  cart = new Workload(it.sandbox.cluster, 'cart-production', 'cart');
  await it.personCommits();
  await it.personAdds('clusters/shop/team.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: team\n  namespace: default\n');
  await until('the team\'s own object is there', async () => await isThere(it.sandbox.cluster, 'configmap', 'default', 'team') ? undefined : 'it is not');
}, SETUP_MILLISECONDS);
afterEach(async () => it.expectNoneLost());
afterAll(async () => it?.stop('faults-updates', false));

test('a further environment comes without touching what runs, and the next commit goes through it', async () => {
  const files = await undisturbed(async () => deployVariant(it.sandbox, { between: [QA] }), ['shop-staging', 'shop-production']);
  expect(files).toEqual(['A\tapps/shop/qa/kustomization.yaml', 'A\tclusters/shop/shop-qa.yaml']);
  await until('the environment waits for its first image', async () => unlessWaiting(it.sandbox.cluster, 'shop-qa'));

  const commit = await it.push();
  const outcome = await it.follow(commit);
  expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
  expect(outcome.hops.map(({ stage }) => stage)).toEqual(['source', 'build', 'staging', 'qa', 'approve-production', 'production']);
  expect(await qa.digest()).toBe(it.digestOf(commit));
  expect(await qa.ready()).toEqual({ ready: 2, wanted: 2 });
  await it.expectDelivered(commit);
});

test('a further application comes without touching what runs, and delivers itself', async () => {
  const files = await undisturbed(async () => deployVariant(it.sandbox, { between: [QA], cart: true }), ['shop-staging', 'shop-qa', 'shop-production']);
  expect(files.filter(line => !/^A\t(apps\/cart\/|clusters\/shop\/cart)/.test(line))).toEqual([]);
  const pipeline = it.pipelineOf('shop-cart');
  const outcome = await pipeline.follow(await pipeline.newestExecution(), () => undefined, async () => { throw new Error('Nobody is asked.'); });
  expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
  expect(await cart.digest()).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(await cart.ready()).toEqual({ ready: 2, wanted: 2 });
});

test('an environment that is taken away unconfirmed is refused with what to do, and everything goes on', async () => {
  const files = await undisturbed(async () => {
    await expect(deployVariant(it.sandbox, { cart: true })).rejects.toThrow(/Removing clusters\/shop\/shop-qa\.yaml would delete the environment .*removedEnvironments/);
  }, ['shop-staging', 'shop-qa', 'shop-production', 'cart-production']);
  expect(files).toEqual([]);
  expect(stagesOf('shop-shop')).toContain('qa');
});

test('an environment that is taken away goes, and nothing else', async () => {
  await it.personAdds('apps/shop/qa/notes.md', 'What we learned in qa.\n');
  const files = await undisturbed(async () => {
    await deployVariant(it.sandbox, { cart: true, removedEnvironments: ['qa'] });
    await until('the environment is gone', async () => leftOf(it.sandbox.cluster, 'shop-qa'));
  }, ['shop-staging', 'shop-production', 'cart-production']);
  expect(files).toEqual(['D\tclusters/shop/shop-qa.yaml']);

  const commit = await it.push();
  const outcome = await it.follow(commit);
  expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
  expect(outcome.hops.map(({ stage }) => stage)).not.toContain('qa');
  await it.expectDelivered(commit);
});

test('an application that is taken away goes, and nothing else', async () => {
  const files = await undisturbed(async () => {
    await deployVariant(it.sandbox, { removedEnvironments: ['qa'] });
    await until('the application is gone', async () => leftOf(it.sandbox.cluster, 'cart'));
  }, ['shop-staging', 'shop-production']);
  expect(files).toEqual(['D\tclusters/shop/cart-production.yaml', 'D\tclusters/shop/cart.image.yaml']);
  expect([...it.sandbox.delivery.pipelines.keys()]).toEqual(['shop-shop']);

  const commit = await it.push();
  expect((await it.follow(commit)).status).toBe('Succeeded');
  await it.expectDelivered(commit);
});

test('the whole is deleted while a commit is deployed: first what Flux applied, then Flux', async () => {
  expect(it.sandbox.account.calls.filter(({ allowed }) => !allowed)).toEqual([]);
  const commit = await it.push();
  const question = await it.question(commit);
  const deploying = new Promise<void>(resolve => it.sandbox.delivery.on('change', ({ stage, action }) => {
    if (stage?.name === 'production' && action?.status === 'InProgress') resolve();
  }));
  await it.desk.answer(question, 'Approved', 'Looks good.');
  await deploying;

  const watch = await RemovalWatch.begin(it.sandbox.cluster);
  await it.sandbox.account.destroy('ShopStack');
  const gone = await watch.end();
  const at = (what: string): number => {
    expect(gone).toContain(what);
    return gone.indexOf(what);
  };
  const applied = ['Namespace shop-staging', 'Namespace shop-production', 'Kustomization shop-staging', 'Kustomization shop-production', 'Kustomization infrastructure'];
  const controllers = ['Controller source-controller', 'Controller kustomize-controller'];
  expect(Math.max(...applied.map(at))).toBeLessThan(Math.min(...controllers.map(at)));
  expect(Math.max(...controllers.map(at))).toBeLessThan(at('Namespace flux-system'));

  expect(await isThere(it.sandbox.cluster, 'configmap', 'default', 'team')).toBe(false);
  const objects = await it.sandbox.cluster.kubectl(['get', 'namespaces,crds,clusterroles,clusterrolebindings,validatingadmissionpolicies', '--output=name']);
  expect(objects).toContain('namespace/default');
  expect(objects).not.toMatch(/shop|cart|flux|gitops/);
});

/** Changes the stack; whatever runs in these namespaces is, to the last pod, what ran before. Which files of Git changed. */
async function undisturbed(change: () => Promise<void>, namespaces: string[]): Promise<string[]> {
  const { cluster } = it.sandbox;
  let pods: string[] = [];
  await until('the pods of earlier commits are gone', async () => {
    pods = await readyPods(cluster, namespaces);
    return pods.length === 2 * namespaces.length ? undefined : pods.join(', ');
  });
  const head = await newestCommit();
  await change();
  expect(await readyPods(cluster, namespaces)).toEqual(pods);
  it.figures[UNDISTURBED] = (it.figures[UNDISTURBED] ?? 0) + 1;
  const files = await it.infrastructure.git(['diff', '--name-status', '--no-renames', head, await newestCommit()]);
  return files ? files.split('\n') : [];
}

async function newestCommit(): Promise<string> {
  await it.infrastructure.pull();
  return it.infrastructure.git(['rev-parse', 'origin/main']);
}

function stagesOf(pipeline: string): string[] {
  return it.sandbox.delivery.pipelines.get(pipeline)!.definition.stages.map(({ name }) => name);
}

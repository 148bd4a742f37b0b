import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { administrator } from './hijack/administrator';
import { Aim, Aims, ATTEMPTS, outcome } from './hijack/attempts';
import { deployed, Part } from './hijack/part';
import { Sandbox } from '../../sandbox';
import type { Clone } from '../../sandbox/scenario/developer';
import { Shop } from '../../sandbox/scenario/shop';
import { writeFigures } from '../verify/figures';

/** What docs/security.md calls a part, its role, and which of the attempts it lets through: "it could". All others must be refused. */
const PARTS: [part: string, role: string, could: Aim[]][] = [
  ['the build', 'ShopApplicationBuildProjectRole', ['pull an image of the application', 'tag an image of the application', 'read artifacts']],
  ['the pipeline\'s role, which CodePipeline takes', 'ShopApplicationDeliveryPipelineRole', ['read artifacts', 'write an artifact', 'call the deploy function']],
  ['a node', 'ShopPlatformWorkerNodesRole', ['pull an image of the application', 'pull an image of somebody else']],
  ['any of Flux\'s controllers', 'ShopPlatformFluxIdentitiesSourceControllerRole', ['clone the infrastructure repository']],
  ['image-automation-controller (with `Promotion.byTag()` only)', 'ShopPlatformFluxIdentitiesImageAutomationControllerRole', [
    'clone the infrastructure repository', 'push to the branch that Flux follows',
  ]],
  ['image-reflector-controller (with `Promotion.byTag()` only)', 'ShopPlatformFluxIdentitiesImageReflectorControllerRole', [
    'pull an image of the application',
  ]],
  ['the bootstrap function', 'ShopPlatformFluxRole', [
    'look at a rollout', 'read a Secret', 'start a pod', 'change a Deployment', 'make Flux look again', 'point Flux elsewhere',
  ]],
  ['the reconcile function', 'ShopPlatformReconcileTriggerRole', ['make Flux look again']],
  ['the deploy function', 'ShopPlatformDeployerRole', [
    'commit to the branch that Flux follows', 'read the infrastructure repository', 'pull an image of the application', 'tag an image of the application',
    'look at a rollout',
  ]],
  ['the function that writes repository files', 'ShopPlatformFileWriterRole', ['commit to the branch that Flux follows', 'read the infrastructure repository']],
  ['the role by which EventBridge starts pipelines', 'ShopPlatformStartPipelineRole', ['start the pipeline']],
];

let dir: string;
let sandbox: Sandbox;
let shop: Shop;
let infrastructure: Clone;
let refused = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hijack-'));
  sandbox = await Sandbox.start({ dir, nodes: 'kwok' });
  shop = await Shop.deploy(sandbox);
  const first = await shop.firstDelivery();
  expect(first.status).toBe('Succeeded');
  infrastructure = await shop.developer.clone('shop-infrastructure');
}, 45 * 60_000); // the programs may have to be built first

afterAll(async () => {
  writeFigures('hijack', { 'hijack attempts made': PARTS.length * Object.keys(ATTEMPTS).length, 'hijack attempts refused': refused });
  await sandbox?.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function aims(): Promise<Aims> {
  await infrastructure.pull();
  return {
    bucket: deployed(sandbox, 'ShopPlatformArtifacts').split(':').pop()!,
    deployFunction: deployed(sandbox, 'ShopPlatformDeployerDeploy'),
    filesFunction: deployed(sandbox, 'ShopPlatformFileWriterRepositoryFiles'),
    deployRole: Part.of(sandbox, 'ShopPlatformDeployerRole').roleArn,
    head: await infrastructure.git(['rev-parse', 'HEAD']),
  };
}

/** The attempts that are not refused, and how they ended. */
async function attemptAll(part: Part): Promise<Record<string, string>> {
  const at = await aims();
  const outcomes = await Promise.all(Object.entries(ATTEMPTS).map(async ([aim, attempt]) => [aim, await outcome(attempt, part, at)]));
  return Object.fromEntries(outcomes.filter(([, how]) => how !== 'refused'));
}

test.each(PARTS)('%s, taken over, is let through where docs/security.md says so and nowhere else', async (_, role, could) => {
  const through = await attemptAll(Part.of(sandbox, role));
  refused += Object.keys(ATTEMPTS).length - Object.keys(through).length;
  expect(through).toEqual(Object.fromEntries(could.map((aim) => [aim, expect.stringMatching(/^let through/)])));
});

test('docs/security.md has a row for each of them, which names this test', () => {
  const lines = readFileSync(join(__dirname, '../../docs/security.md'), 'utf8').split('\n');
  const rows = lines.filter((line) => line.includes('(../test/e2e/hijack.test.ts)')).map((line) => line.split(' | ')[0].slice(2));
  expect(rows).toEqual(PARTS.map(([part]) => part));
});

test('whoever has the rights is let through with each attempt, so what is refused is refused for them', async () => {
  const through = Object.keys(await attemptAll(await administrator(sandbox)));
  const others = PARTS.flatMap(([, , could]) => could); // the account's administrator has no rights in the cluster
  expect(Object.keys(ATTEMPTS).filter((aim) => ![...through, ...others].includes(aim))).toEqual([
    'take the deploy function\'s role', // which trusts Lambda only
  ]);
});

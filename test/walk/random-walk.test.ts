import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settings } from './settings';
import { Walk } from './walk';
import { World } from './world';
import { Sandbox } from '../../sandbox';
import { writeFigures } from '../verify/figures';

/** Bounded and no more: a step takes some three seconds with its pause, and polling decides how long a rest is. */
const SECONDS_PER_STEP = 30;

const { steps, seed, isLong } = settings();

let dir: string;
let sandbox: Sandbox;
let world: World;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'walk-'));
  sandbox = await Sandbox.start({ dir, nodes: 'kwok' });
  world = await World.open(sandbox);
}, 45 * 60_000); // the programs may have to be built first

afterAll(async () => {
  world?.watch.end();
  await sandbox?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test(`${steps} steps at random with the seed ${seed}, and nothing is lost or runs that should not (WALK_STEPS, WALK_SEED)`, async () => {
  const tell = (line: string) => void process.stderr.write(`walk: ${line}\n`);
  const figures = await new Walk(world, { steps, seed }, { onStep: isLong ? tell : () => undefined, onRest: tell }).run();
  writeFigures('walk', figures);
  expect(figures).toMatchObject({ steps, seed });
}, (steps * SECONDS_PER_STEP + 1200) * 1000);

test('whatever happened, the stack can be deleted, and nothing of it is left in the cluster', async () => {
  world.watch.end();
  await sandbox.account.destroy('ShopStack');
  const left = await sandbox.cluster.kubectl(['get', 'namespaces,crds,clusterroles,clusterrolebindings,validatingadmissionpolicies', '--output=name']);
  expect(left).toContain('namespace/default');
  expect(left).not.toMatch(/shop|flux|gitops/);
});

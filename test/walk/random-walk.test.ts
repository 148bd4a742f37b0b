import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settings } from './settings';
import { Walk } from './walk';
import { World } from './world';
import { Sandbox } from '../../sandbox';

/** A step takes some three seconds with its pause, and polling decides how long a rest is. */
const SECONDS_PER_STEP = 15;

const { steps, seed } = settings();

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

test(`${steps} steps at random, with the seed ${seed}`, async () => {
  const walk = new Walk(world, { steps, seed }, (line) => process.stderr.write(`${line}\n`));
  const figures = await walk.run();
  expect(figures).toMatchObject({ steps, seed });
}, (steps * SECONDS_PER_STEP + 1200) * 1000);

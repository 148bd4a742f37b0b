import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addAppliedObjects } from './applied-objects';
import { HandlerRuns, IMAGES, INFRASTRUCTURE, SEEDED_FOLDER } from './handler-runs';
import type { Measured } from './lambda-process';
import { addFiles, addTags } from './size';
import { type Row, table } from './table';
import type { ImageRepository } from '../sandbox/account/ecr/images';
import { Sandbox } from '../sandbox/index';
import type { Clone } from '../sandbox/scenario/developer';
import { Shop } from '../sandbox/scenario/shop';

interface Options { readonly files: number; readonly tags: number; readonly objects: number }

/** Runs each handler before and after the infrastructure repository and the image repository grew, and prints both. */
async function main(): Promise<void> {
  const options = new Command('large-repositories')
    .option('--files <count>', 'how many files the infrastructure repository gets, and lines an overlay', Number, 10_000)
    .option('--tags <count>', 'how many tags the image repository gets', Number, 10_000)
    .option('--objects <count>', 'how many objects Flux has to prune when it is removed', Number, 1_000)
    .parse().opts<Options>();
  const dir = mkdtempSync(join(tmpdir(), 'cdk-gitops-pipeline-'));
  const sandbox = await Sandbox.start({ dir, nodes: 'kwok', onProgress: say });
  try {
    console.log(`\n${table(await measure(sandbox, options))}`);
  } finally {
    await sandbox.stop();
  }
  rmSync(dir, { recursive: true, force: true });
}

async function measure(sandbox: Sandbox, { files, tags, objects }: Options): Promise<Row[]> {
  const shop = await Shop.deploy(sandbox, say);
  const { status } = await shop.firstDelivery();
  if (status !== 'Succeeded') throw new Error(`The first delivery ended as ${status}.`);
  const images = sandbox.account.images.get(IMAGES);
  const image = images.find({ imageDigest: await shop.production.digest() })!;
  const clone = await shop.developer.clone(INFRASTRUCTURE);
  const runs = await HandlerRuns.start(sandbox, join(sandbox.dir, 'benchmark'));
  const { deploy, files: writer, reconcile, bootstrap } = runs.functions;

  const steps = [
    { name: 'deploy by commit', deployed: deploy, run: async () => runs.deploy('production', 'commit', image) },
    { name: 'deploy by tag', deployed: deploy, run: async () => runs.deploy('staging', 'tag', image) },
    { name: 'reconcile, a commit', deployed: reconcile, run: async () => runs.reconcileCommit(await head(clone)) },
    { name: 'reconcile, a tag', deployed: reconcile, run: async () => runs.reconcileTag(newestTag(images, 'staging')) },
    { name: 'repository files, 40 of them', deployed: writer, run: async (label: string) => runs.writeFiles(label) },
  ];
  const all = async (label: string) => {
    const measured: Measured[][] = [];
    for (const { name, run } of steps) {
      say(`${label}: ${name}`);
      measured.push(await run(label));
    }
    return measured;
  };
  const small = await all('small');
  say(`${files} files and ${tags} tags more`);
  await clone.pull();
  await addFiles(clone, SEEDED_FOLDER, 'apps/shop/production/kustomization.yaml', files);
  addTags(sandbox.account, IMAGES, image, 'staging', tags);
  const large = await all('large');
  say(`Flux is removed, with ${objects} objects that it applied`);
  await addAppliedObjects(sandbox.cluster, sandbox.dir, objects);
  const removal = await runs.removeFlux();
  runs.stop();
  return [
    ...steps.map(({ name, deployed }, index) => ({ name, deployed, small: small[index], large: large[index] })),
    { name: 'bootstrap, removal of Flux', deployed: bootstrap, large: removal },
  ];
}

async function head(clone: Clone): Promise<string> {
  await clone.pull();
  return clone.git(['rev-parse', 'HEAD']);
}

function newestTag(images: ImageRepository, environment: string): string {
  return [...images.images.values()].flatMap(({ tags }) => [...tags]).filter((tag) => tag.startsWith(`${environment}-`)).sort().at(-1)!;
}

function say(line: string): void {
  console.error(line);
}

main().catch((error) => {
  console.error(`The benchmark failed: ${error.message}`);
  process.exitCode = 1;
});

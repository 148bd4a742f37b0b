import { setTimeout as sleep } from 'node:timers/promises';
import { ENVIRONMENTS } from './history';
import { fluxState, runningIn } from './observe/cluster-state';
import { environmentTags, readImages } from './observe/images';
import { yes } from './steps/approvals';
import { IMAGE_REPOSITORY, namespaceOf, overlayOf, type World } from './world';

const LOOK_EVERY_MS = 1_000;

/** Once more than this often nothing may be on its way, before it is believed. */
const QUIET_LOOKS = 2;

/** Polling takes a minute, and a second try of Flux or Lambda another one or two. */
const PATIENCE_MS = 300_000;

/** Ends every fault, answers whoever waits, and waits until nothing is on its way any more. */
export async function rest(world: World): Promise<void> {
  await world.endFaults();
  const deadline = Date.now() + PATIENCE_MS;
  for (let quiet = 0; quiet < QUIET_LOOKS;) {
    const question = await world.pipeline.question();
    if (question) await yes(world, question);
    const restless = question ? `${question.execution} was just approved` : await moving(world);
    quiet = restless ? 0 : quiet + 1;
    if (restless && Date.now() > deadline) throw new Error(`It did not come to rest within ${PATIENCE_MS / 1000} s after the last fault: ${restless}.`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** What is still on its way; undefined when nothing is. */
async function moving(world: World): Promise<string | undefined> {
  const open = (await world.pipeline.summaries()).find(({ status }) => status === 'InProgress' || status === 'Stopping');
  if (open) return `execution ${open.pipelineExecutionId} is ${open.status}: ${runsOf(world, open.pipelineExecutionId!)}; at work: ${atWork(world)}`;

  await world.infrastructure.refresh();
  const head = await world.infrastructure.git('rev-parse', 'origin/main');
  const flux = await fluxState(world.sandbox.cluster);
  if (flux.source !== head) return `Flux has fetched ${flux.source}, and main is at ${head}`;
  for (const [name, commit] of Object.entries(flux.applied)) {
    if (isOfCart(name)) continue; // its first delivery may have met a fault, and nobody comes back to it
    if (commit !== head) return `the Kustomization ${name} has applied ${commit ?? 'nothing that is ready'}, and main is at ${head}`;
  }
  return await unfollowedTag(world, flux.tags['shop-staging']) ?? await rollout(world);
}

/** Of the application that a change of the stack brings along. */
function isOfCart(kustomization: string): boolean {
  return kustomization.startsWith('cart-');
}

/** Flux follows staging's tags. */
async function unfollowedTag(world: World, chosen: string | undefined): Promise<string | undefined> {
  const tags = environmentTags(await readImages(world.sandbox.account, IMAGE_REPOSITORY)).filter(({ environment }) => environment === 'staging');
  const newest = tags.sort((a, b) => a.time - b.time).at(-1);
  if (!newest || world.infrastructure.read(overlayOf('staging')).includes(newest.digest)) return undefined;
  return `staging's newest tag is on ${newest.digest}, Flux chose ${chosen}, and the overlay has something else`;
}

async function rollout(world: World): Promise<string | undefined> {
  for (const environment of ENVIRONMENTS) {
    const { settled, broken, wanted, ready, digest } = await runningIn(world, environment);
    if (!settled && !broken) return `${ready.length} of ${wanted} pods in ${namespaceOf(environment)} are ready with ${digest}`;
  }
  return undefined;
}

/** Others may be in the stage for which an execution waits. */
function atWork(world: World): string {
  return world.log.runs.filter(({ status }) => status === 'InProgress').map(({ execution, stage, started, summary }) => (
    `${stage} of ${execution} since ${new Date(started).toISOString()} (${summary ?? 'nothing told yet'})`)).join(', ') || 'nothing';
}

function runsOf(world: World, execution: string): string {
  return world.log.runs.filter((run) => run.execution === execution).map(({ stage, status, reason }) => `${stage} ${status}${reason ? ` (${reason})` : ''}`).join(', ');
}

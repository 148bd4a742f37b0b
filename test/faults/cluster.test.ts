import { FaultShop, SETUP_MILLISECONDS } from './fault-shop';
import { FluxKills } from './flux-kills';
import { FLUX_CONTROLLERS } from '../../sandbox/cluster/flux-arguments';

/** About as long as the API server of a cluster may be away while its control plane is replaced. */
const AWAY_MILLISECONDS = 30_000;

let it: FaultShop;
let kills: FluxKills;

beforeAll(async () => {
  it = await FaultShop.start();
  kills = new FluxKills(it.sandbox);
}, SETUP_MILLISECONDS);
afterEach(async () => it.clear());
afterAll(async () => {
  if (kills) it.figures['Flux controllers killed'] = kills.done;
  await it?.stop('faults-cluster');
});

test.each(FLUX_CONTROLLERS)('the %s killed at its work on a deployment goes on with it when it is back', async (controller) => {
  const before = kills.done;
  const commit = await it.push();
  const times = kills.arm(controller);
  const outcome = await it.follow(commit);
  await kills.over();
  expect(kills.done).toBe(before + times);
  expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
  await it.expectDelivered(commit);
});

test('a deployment whose cluster cannot be asked for half a minute ends when it was seen running, and not before', async () => {
  const commit = await it.push();
  let away: Promise<void> | undefined;
  let back = false;
  const outcome = await it.follow(commit, () => undefined, () => it.sandbox.account.ends.before('codecommit', 'CreateCommit', async () => {
    away = it.sandbox.cluster.apiServerAway(AWAY_MILLISECONDS).then(() => { back = true; });
  }));
  it.figures['seconds without API server'] = AWAY_MILLISECONDS / 1000;
  expect([away !== undefined, back]).toEqual([true, true]);
  expect([it.failures(outcome), outcome.status]).toEqual([[], 'Succeeded']);
  await it.expectDelivered(commit);
});

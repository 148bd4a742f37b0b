import * as fc from 'fast-check';
import { TRAILER, trailersOf } from '../../../src/delivery/deploy-handler/commit-message';
import { type EnvironmentName, ENVIRONMENTS } from '../history';
import type { Choice } from '../step';
import { APPLICATION, overlayOf, type World } from '../world';

const DIGEST = /digest: (sha256:[0-9a-f]{64})/;

const anyEnvironment = fc.constantFrom(...ENVIRONMENTS);

const settings: Choice = {
  weight: 5,
  arbitrary: anyEnvironment.map((environment) => ({
    name: `commit a setting for ${environment}`,
    run: async (world) => commit(world, 'feat: a setting', [overlayOf(environment), settingsOf(environment)], () => writeSetting(world, environment)),
  })),
};

const branch: Choice = {
  weight: 3,
  arbitrary: anyEnvironment.map((environment) => ({
    name: `merge a branch with a setting for ${environment}`,
    run: async (world) => {
      const desk = world.infrastructure;
      return commit(world, 'feat: a setting from a branch', [overlayOf(environment), settingsOf(environment)], () => writeSetting(world, environment), async () => {
        await desk.git('checkout', '--quiet', '-B', 'topic');
        await desk.save('feat: a setting on a branch');
        await desk.git('checkout', '--quiet', 'main');
        await desk.git('merge', '--quiet', '--no-ff', '--message', 'feat: a setting from a branch', 'topic');
      });
    },
  })),
};

const replicas: Choice = {
  weight: 4,
  arbitrary: fc.record({ environment: anyEnvironment, count: fc.integer({ min: 1, max: 3 }) }).map(({ environment, count }) => ({
    name: `commit ${count} replicas for ${environment}`,
    run: async (world) => commit(world, `scale: ${count} pods`, [overlayOf(environment)], () => edit(world, environment, (text) => (
      text.includes('replicas:') ? text.replace(/count: \d+/, `count: ${count}`) : `${text}replicas:\n  - name: ${APPLICATION}\n    count: ${count}\n`))),
  })),
};

/** Only of what ran well in production, so that it was approved for it. */
const olderDigest: Choice = {
  weight: 3,
  arbitrary: fc.nat().map((which) => ({
    name: 'commit an older digest for production',
    run: async (world) => {
      const good = [...new Set(world.log.runs.filter(({ stage, status }) => stage === 'production' && status === 'Succeeded').map(({ digest }) => digest))];
      if (good.length === 0) return 'none ran yet';
      return commit(world, 'fix: the version from before', [overlayOf('production')], () => edit(world, 'production', (text) => (
        text.replace(DIGEST, `digest: ${good[which % good.length]}`))));
    },
  })),
};

const revert: Choice = {
  weight: 4,
  arbitrary: fc.constant({
    name: 'revert the newest promotion to production',
    run: async (world) => {
      const desk = world.infrastructure;
      const files = [overlayOf('production')];
      return commit(world, '', files, async () => {
        const [id, ...message] = (await desk.git('log', '-1', '--first-parent', '--format=%H%n%B', '-G', 'digest:', '--', ...files)).split('\n');
        const trailers = trailersOf(message.join('\n'));
        if (!trailers[TRAILER.PREVIOUS]?.startsWith('sha256:')) return undefined;
        // lines beside it that somebody changed since are a conflict, and whoever reverts lets it be
        return desk.git('revert', '--no-edit', id).then(() => id, () => undefined);
      }, async () => undefined);
    },
  }),
};

/** What people commit to the infrastructure repository */
export const INFRASTRUCTURE_COMMITS: Choice[] = [settings, branch, replicas, olderDigest, revert];

/**
 * Commits and takes note of it.
 *
 * @param change what to commit; undefined where there is nothing to do
 * @param save makes the commit of it
 */
async function commit(
  world: World,
  message: string,
  files: string[],
  change: () => Promise<string | undefined> | string | undefined,
  save: () => Promise<void> = async () => world.infrastructure.save(message),
): Promise<string> {
  const desk = world.infrastructure;
  let made: string[] = [];
  const id = await desk.commit(async () => {
    if (await change() === undefined) return false;
    await save();
    made = (await desk.git('rev-list', 'origin/main..HEAD')).split('\n').reverse();
    return true;
  });
  if (!id) return 'nothing to change';
  // of several the last one is the merge, and has the files as they are
  const written = Object.fromEntries(files.map((file) => [file, desk.read(file)]));
  for (const one of made) world.personCommits.push({ id: one, files: one === id ? written : {} });
  world.count('commits to the infrastructure repository');
  return `commit ${id.slice(0, 8)}`;
}

function settingsOf(environment: EnvironmentName): string {
  return `apps/${APPLICATION}/${environment}/settings.yaml`;
}

function writeSetting(world: World, environment: EnvironmentName): string {
  world.infrastructure.write(settingsOf(environment), `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  number: "${world.next()}"
`);
  return edit(world, environment, (text) => text.includes('settings.yaml') ? text : text.replace(/^( *)- \.\.\/base$/m, '$&\n$1- settings.yaml'), 'settings')!;
}

function edit(world: World, environment: EnvironmentName, change: (text: string) => string, otherwise?: string): string | undefined {
  const file = overlayOf(environment);
  const before = world.infrastructure.read(file);
  const after = change(before);
  if (after === before) return otherwise;
  world.infrastructure.write(file, after);
  return file;
}

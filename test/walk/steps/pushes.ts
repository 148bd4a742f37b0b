import * as fc from 'fast-check';
import type { ImageFault } from '../../../sandbox/cluster';
import type { GitDesk } from '../git-desk';
import { ENVIRONMENTS } from '../history';
import type { Choice } from '../step';
import type { World } from '../world';

const FAULTS: ImageFault[] = ['crash', 'pull', 'never-ready'];

const goodCommit: Choice = {
  weight: 6,
  arbitrary: fc.constant({
    name: 'push a commit',
    run: async (world) => told(await pushTitle(world, world.application[0])),
  }),
};

const brokenCommit: Choice = {
  weight: 6,
  arbitrary: fc.record({ environment: fc.constantFrom(...ENVIRONMENTS), fault: fc.constantFrom(...FAULTS) }).map(({ environment, fault }) => ({
    name: `push a commit whose image fails in ${environment} (${fault})`,
    run: async (world) => {
      const commit = await pushTitle(world, world.application[0]);
      world.planFault(commit, { environment, fault });
      world.count('commits that break');
      return told(commit);
    },
  })),
};

const twoCommits: Choice = {
  weight: 2,
  arbitrary: fc.constant({
    name: 'push two commits at once',
    run: async (world) => {
      const [first, second] = world.application;
      world.count('two pushes at once');
      return told(...await Promise.all([pushTitle(world, first), pushDescription(world, second)]));
    },
  }),
};

const forcePush: Choice = {
  weight: 1,
  arbitrary: fc.constant({
    name: 'replace the newest commit by force',
    run: async (world) => {
      const [desk] = world.application;
      const commit = await desk.commit(async () => {
        changeTitle(world, desk);
        await desk.git('commit', '--quiet', '--all', '--amend', '--message', 'feat: say it better');
        return true;
      });
      world.count('force-pushes');
      return told(commit!);
    },
  }),
};

/** What developers do with the application repository */
export const PUSHES: Choice[] = [goodCommit, brokenCommit, twoCommits, forcePush];

async function pushTitle(world: World, desk: GitDesk): Promise<string> {
  return push(world, desk, 'feat: say something else', () => changeTitle(world, desk));
}

/** In another file, so that both of two pushes have something to say. */
async function pushDescription(world: World, desk: GitDesk): Promise<string> {
  return push(world, desk, 'chore: describe it', () => {
    const description = JSON.parse(desk.read('package.json'));
    desk.write('package.json', `${JSON.stringify({ ...description, description: `A shop, ${world.next()}` }, undefined, 2)}\n`);
  });
}

async function push(world: World, desk: GitDesk, message: string, edit: () => void): Promise<string> {
  const commit = await desk.commit(async () => {
    edit();
    await desk.save(message);
    return true;
  });
  world.count('commits');
  return commit!;
}

function changeTitle(world: World, desk: GitDesk): void {
  const title = JSON.stringify(`Hello, walk ${world.next()}`);
  desk.write('server.js', desk.read('server.js').replace(/^export const title = .*$/m, `export const title = ${title};`));
}

function told(...commits: string[]): string {
  return `commit ${commits.map((commit) => commit.slice(0, 8)).join(' and ')}`;
}

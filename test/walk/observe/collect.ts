import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runningIn } from './cluster-state';
import { GitHistory } from './git-history';
import { environmentTags, readImages } from './images';
import type { History } from '../history';
import { IMAGE_REPOSITORY, INFRASTRUCTURE_CLONE, type World } from '../world';

/** Takes together what was noted while it happened and what can be read now */
export class Collector {
  private readonly git: GitHistory;
  private readonly lifecyclePolicy: string;

  constructor(private readonly world: World) {
    this.git = new GitHistory(join(world.sandbox.dir, 'clones', INFRASTRUCTURE_CLONE));
    const template = JSON.parse(readFileSync(join(world.sandbox.dir, 'assembly', 'ShopStack.template.json'), 'utf8'));
    const repository = Object.values<any>(template.Resources).find(({ Type, Properties }) => Type === 'AWS::ECR::Repository' && Properties.RepositoryName === IMAGE_REPOSITORY);
    this.lifecyclePolicy = repository.Properties.LifecyclePolicy.LifecyclePolicyText;
  }

  /** The history until now. */
  public async collect(): Promise<History> {
    const { world, git } = this;
    await world.infrastructure.refresh();
    const images = await readImages(world.sandbox.account, IMAGE_REPOSITORY);
    const paths = new Set(world.personCommits.flatMap(({ files }) => Object.keys(files)));
    const files: Record<string, string | undefined> = {};
    for (const path of paths) files[path] = world.infrastructure.read(path);
    return {
      sightings: [...world.watch.sightings],
      runs: world.log.runs,
      executions: await world.pipeline.executions(),
      approvals: [...world.approvals],
      main: await git.main(),
      reachable: await git.reachable(),
      personCommits: [...world.personCommits],
      files,
      tags: environmentTags(images),
      running: { staging: await runningIn(world, 'staging'), production: await runningIn(world, 'production') },
      images,
      lifecyclePolicy: this.lifecyclePolicy,
      refused: world.sandbox.account.calls.filter(({ allowed }) => !allowed)
        .map(({ principal, action, resources }) => `${principal.replace(/^.*:role\//, '')}: ${action} on ${resources.join(', ')}`),
    };
  }
}

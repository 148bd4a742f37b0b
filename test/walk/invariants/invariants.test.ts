import { INVARIANTS } from './index';
import { digest, story } from './story';
import type { Commit, History } from '../history';

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

const violations = (history: History) => INVARIANTS.flatMap(({ name, check }) => check(history).map((violation) => ({ name, violation })));

/** The story with something planted in it. */
function planted(plant: (history: Mutable<History>) => void): string[] {
  const history = structuredClone(story()) as Mutable<History>;
  plant(history);
  return violations(history as History).map(({ violation }) => violation);
}

const last = <T>(list: T[]): T => list[list.length - 1];
const without = (id: string) => ({ main }: Mutable<History>) => void main.splice(main.findIndex((commit) => commit.id === id), 1);

test('a history in which everything is right violates nothing', () => {
  expect(violations(story())).toEqual([]);
});

describe('each environment runs the newest digest promoted to it, or the one put back, or what a person committed after', () => {
  test('a deployment that failed and was not put back', () => {
    expect(planted((history) => {
      without('production-back')(history);
      last(history.main).digests.production = digest('b');
      history.running.production = { digest: digest('b'), wanted: 2, ready: [digest('b'), digest('b')], broken: false };
    })).toEqual([expect.stringMatching(/^production: commit producti promoted bbbbbbbbbbbb, whose deployment failed and was not put back: .*it crashes/)]);
  });

  test('a cluster that runs something else than Git says', () => {
    expect(planted(({ running }) => { running.production.digest = digest('b'); }))
      .toEqual(['production: the Deployment names bbbbbbbbbbbb, and Git says aaaaaaaaaaaa']);
    expect(planted(({ running }) => { running.staging.ready = [digest('b'), digest('a')]; }))
      .toEqual(['staging: 1 of 2 pods run bbbbbbbbbbbb, and 1 run something else']);
  });

  test('a tag that Flux did not follow', () => {
    expect(planted(({ main, running }) => {
      for (const commit of main) if (commit.digests.staging) commit.digests.staging = digest('a');
      running.staging.digest = digest('a');
      running.staging.ready = [digest('a'), digest('a')];
    })).toContain('staging: the overlay names aaaaaaaaaaaa, and the newest promotion is the tag of 1970-01-01T00:00:23.500Z on bbbbbbbbbbbb of bbbbbbbbbbbb');
  });

  test('a digest that neither a person nor a deployment set', () => {
    expect(planted(({ personCommits, main }) => {
      personCommits.pop();
      main.push({ id: 'stranger', time: 50_000, message: 'who knows', digests: { staging: digest('b'), production: digest('b') } });
    })).toContain('production: commit stranger set bbbbbbbbbbbb, and neither a person nor a deployment is known for it');
  });

  test('a put-back over what a person committed meanwhile, or to something else than what ran before', () => {
    const person: Commit = { id: 'meanwhile', time: 33_000, message: 'hotfix', digests: { staging: digest('b'), production: digest('c') } };
    expect(planted((history) => {
      history.main.splice(5, 0, person);
      history.personCommits.push({ id: 'meanwhile', files: {} });
      (history as History & { reachable: Set<string> }).reachable.add('meanwhile');
    })).toContain('production: commit producti put aaaaaaaaaaaa back over cccccccccccc, which is not what its execution two had promoted');
    expect(planted(({ main, running }) => {
      for (const commit of main.slice(5)) commit.digests.production = digest('c');
      running.production = { digest: digest('c'), wanted: 2, ready: [digest('c'), digest('c')], broken: false };
    })).toContain('production: commit producti put cccccccccccc back, and aaaaaaaaaaaa was to run before');
  });

  test('a deployment that succeeded and is not what is promoted', () => {
    expect(planted(({ runs }) => {
      runs.push({ ...last(runs), execution: 'three', status: 'Succeeded', digest: digest('c'), started: 50_000, ended: 55_000, reason: undefined });
    })).toContain('production: the deployment of cccccccccccc by execution three succeeded, and yet commit producti of aaaaaaaaaaaa from before is the newest');
  });
});

describe('production never ran a digest that was not approved for it', () => {
  test('never approved, or too late', () => {
    expect(planted(({ approvals }) => { approvals.pop(); })).toEqual(['ReplicaSet shop-b in production named bbbbbbbbbbbb, which nobody ever approved']);
    expect(planted(({ approvals }) => { approvals[1].time = 33_500; })).toEqual(['ReplicaSet shop-b in production named bbbbbbbbbbbb 0.5 s before it was approved']);
  });
});

describe('no commit of a person is lost', () => {
  test('a commit that is not in the history, or whose content is gone', () => {
    expect(planted((history) => void (history as History & { reachable: Set<string> }).reachable.delete('person')))
      .toEqual(['the commit person of a person is not in main\'s history']);
    expect(planted(({ files }) => { for (const path of Object.keys(files)) files[path] = files[path]!.replace('count: 2', 'count: 1'); }))
      .toEqual([expect.stringContaining('apps/shop/production/kustomization.yaml is not as the commit person of a person left it')]);
  });
});

describe('the infrastructure repository\'s history explains every digest that ever ran', () => {
  test('a digest that no commit names, or only a later one', () => {
    expect(planted(({ sightings }) => { sightings[2].digest = digest('d'); })).toEqual(['ReplicaSet shop-b in staging named dddddddddddd, and no commit of main ever did']);
    expect(planted(({ sightings }) => { sightings[2].time = 23_900; }))
      .toEqual(['ReplicaSet shop-b in staging named bbbbbbbbbbbb 0.1 s before commit staging- did']);
  });
});

describe('nothing that was promoted was expired or deleted', () => {
  test('deleted, without a layer, or without the tag that shields it', () => {
    expect(planted(({ images }) => { images.shift(); })).toEqual(['aaaaaaaaaaaa was promoted, and the image repository does not have it']);
    expect(planted(({ images }) => { images[0].pullable = false; })).toEqual(['aaaaaaaaaaaa was promoted, and its manifest or a layer cannot be read']);
    expect(planted(({ images }) => { images[1].tags = ['build-of-b']; }))
      .toEqual([expect.stringMatching(/^bbbbbbbbbbbb was promoted, and the lifecycle policy would expire it/)]);
  });
});

describe('every failed execution says why in one sentence', () => {
  test.each([
    ['without a reason', undefined, 'production/Deploy of execution two failed without a reason'],
    ['a machine\'s words', 'it is undefined.', expect.stringContaining('no sentence')],
    ['half a sentence', 'it crashes', expect.stringContaining('half a sentence')],
  ])('%s', (_what, reason, violation) => {
    expect(planted(({ runs }) => { last(runs).reason = reason; })).toEqual([violation]);
  });

  test('an execution that failed although none of its actions did', () => {
    expect(planted(({ executions }) => { executions[1].reasons = []; })).toEqual(['execution two failed, and none of its actions did']);
  });
});

test('a call that was refused', () => {
  expect(planted((history) => { history.refused = ['deploy: ecr:PutImage on shop/shop', 'deploy: ecr:PutImage on shop/shop']; }))
    .toEqual(['deploy: ecr:PutImage on shop/shop was refused 2 times']);
});

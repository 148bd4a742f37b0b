import { promotionMessage, putBackMessage } from '../../../src/delivery/deploy-handler/commit-message';
import type { Request } from '../../../src/delivery/deploy-handler/parse-job';
import type { ActionRun, Commit, History, Sighting } from '../history';

export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const OVERLAY = 'apps/shop/production/kustomization.yaml';
const overlay = (letter: string) => `images:\n  - name: shop\n    digest: ${digest(letter)}\nreplicas:\n  - name: shop\n    count: 2\n`;

const run = (execution: string, stage: string, started: number, ended: number, letter?: string, reason?: string): ActionRun => ({
  execution,
  stage,
  action: stage === 'build' ? 'Build' : 'Deploy',
  status: reason ? 'Failed' : 'Succeeded',
  started: started * 1000,
  ended: ended * 1000,
  digest: letter && digest(letter),
  reason,
});

const commit = (id: string, time: number, message: string, staging?: string, production?: string): Commit => ({
  id, time: time * 1000, message, digests: { ...staging && { staging: digest(staging) }, ...production && { production: digest(production) } },
});

const seen = (environment: Sighting['environment'], letter: string, time: number): Sighting => (
  { environment, digest: digest(letter), time: time * 1000, object: `ReplicaSet shop-${letter}` });

const request = (execution: string, letter: string) => ({
  application: 'shop', environment: 'production', execution, digest: digest(letter), tag: `build-of-${letter}`, commit: `source-${letter}`,
}) as unknown as Request;

const promotion = (execution: string, letter: string, previous: string) => (
  promotionMessage(request(execution, letter), { deployment: `job-${execution}`, tag: `production-${letter}`, previous: { digest: digest(previous) } }));

const putBack = (execution: string, letter: string, previous: string) => (
  putBackMessage(request(execution, letter), { deployment: `job-${execution}`, reason: 'it crashes', previous: { digest: digest(previous) } }));

/**
 * A short history in which everything is right: a runs in both environments; b breaks in production and is put back;
 * a person changes the number of pods.
 */
export function story(): History {
  return {
    runs: [
      run('one', 'build', 1, 2, 'a'), run('one', 'staging', 3, 6, 'a'), run('one', 'production', 11, 15, 'a'),
      run('two', 'build', 21, 22, 'b'), run('two', 'staging', 23, 26, 'b'),
      run('two', 'production', 31, 36, 'b', 'shop build-of-b in production did not run: it crashes; now production runs aaaa again.'),
    ],
    executions: [
      { id: 'one', status: 'Succeeded', reasons: [] },
      { id: 'two', status: 'Failed', reasons: ['shop build-of-b in production did not run: it crashes; now production runs aaaa again.'] },
    ],
    approvals: [{ execution: 'one', time: 10_000 }, { execution: 'two', time: 30_000 }],
    main: [
      commit('seed', 0, 'Initial files'),
      commit('staging-a', 4, 'Promote', 'a'),
      commit('production-a', 12, promotion('one', 'a', 'none'), 'a', 'a'),
      commit('staging-b', 24, 'Promote', 'b', 'a'),
      commit('production-b', 32, promotion('two', 'b', 'a'), 'b', 'b'),
      commit('production-back', 35, putBack('two', 'b', 'a'), 'b', 'a'),
      commit('person', 40, 'scale: two pods', 'b', 'a'),
    ],
    reachable: new Set(['seed', 'staging-a', 'production-a', 'staging-b', 'production-b', 'production-back', 'person']),
    personCommits: [{ id: 'person', files: { [OVERLAY]: overlay('b') } }],
    files: { [OVERLAY]: overlay('a') },
    tags: [{ environment: 'staging', digest: digest('a'), time: 3_500 }, { environment: 'staging', digest: digest('b'), time: 23_500 }],
    sightings: [seen('staging', 'a', 5), seen('production', 'a', 13), seen('staging', 'b', 25), seen('production', 'b', 33)],
    running: {
      staging: { digest: digest('b'), wanted: 2, ready: [digest('b'), digest('b')], broken: false },
      production: { digest: digest('a'), wanted: 2, ready: [digest('a'), digest('a')], broken: false },
    },
    images: [
      { digest: digest('a'), tags: ['build-of-a', 'staging-a', 'production-a'], pushed: 2_000, pullable: true },
      { digest: digest('b'), tags: ['build-of-b', 'staging-b', 'production-b'], pushed: 22_000, pullable: true },
    ],
    lifecyclePolicy: JSON.stringify({
      rules: ['staging-', 'production-', 'build-'].map((prefix, index) => ({
        rulePriority: index + 1,
        selection: { tagStatus: 'tagged', tagPrefixList: [prefix], countType: 'imageCountMoreThan', countNumber: prefix === 'build-' ? 100 : 100_000 },
        action: { type: 'expire' },
      })),
    }),
    refused: [],
  };
}

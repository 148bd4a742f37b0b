import { expired, type StoredImage } from './lifecycle-policy';

const DAY = 24 * 3600_000;
const NOW = 1_000 * DAY;

const image = (digest: string, days: number, ...tags: string[]): StoredImage => ({ digest, tags, pushed: NOW - days * DAY });
const rule = (rulePriority: number, selection: object) => ({ rulePriority, selection, action: { type: 'expire' } });
const policy = (...rules: object[]) => JSON.stringify({ rules });
const tagged = (prefix: string, countNumber: number) => ({
  tagStatus: 'tagged', tagPrefixList: [prefix], countType: 'imageCountMoreThan', countNumber,
});

test('of images beyond a count, the oldest expire', () => {
  const images = [image('old', 3, 'build-1'), image('new', 1, 'build-3'), image('middle', 2, 'build-2')];
  expect([...expired(policy(rule(1, tagged('build-', 2))), images, NOW)]).toEqual(['old']);
});

test('an image that is exactly as old as a rule says stays, and an older one expires', () => {
  const untagged = rule(1, { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7 });
  expect([...expired(policy(untagged), [image('week', 7), image('more', 7.1), image('tagged', 9, 'build-1')], NOW)]).toEqual(['more']);
});

test('an image that matches a rule of higher priority is expired by none of lower priority', () => {
  const rules = policy(rule(2, tagged('build-', 1)), rule(1, tagged('production-', 1000)));
  const images = [image('ran', 9, 'build-1', 'production-1'), image('old', 8, 'build-2'), image('new', 1, 'build-3')];
  expect([...expired(rules, images, NOW)]).toEqual(['old']);
});

test('a rule counts the images that belong to a rule before it', () => {
  const rules = policy(rule(1, tagged('production-', 1000)), rule(2, tagged('build-', 1)));
  const images = [image('older', 9, 'build-1'), image('newer, and ran', 1, 'build-2', 'production-1')];
  expect([...expired(rules, images, NOW)]).toEqual(['older']);
});

test('several prefixes in one rule mean images that have all of them', () => {
  const rules = policy(
    rule(1, { ...tagged('staging-', 1000), tagPrefixList: ['staging-', 'production-'] }),
    rule(2, { tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 }),
  );
  const images = [image('both', 9, 'staging-1', 'production-1'), image('one', 9, 'staging-2')];
  expect([...expired(rules, images, NOW)]).toEqual(['one']);
});

test('a policy with a selection that is not understood is refused', () => {
  const patterns = rule(1, { tagStatus: 'tagged', tagPatternList: ['build-*'], countType: 'imageCountMoreThan', countNumber: 1 });
  expect(() => expired(policy(patterns), [], NOW)).toThrow(/tagPatternList/);
});

import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { World, OVERLAY } from './world';
import { concerns, promotionMessage, putBackMessage, trailersOf } from '../../../src/delivery/deploy-handler/commit-message';
import type { Request } from '../../../src/delivery/deploy-handler/parse-job';
import { oneLine } from '../../../src/delivery/deploy-handler/refusal';
import { decodeState, encodeState, State } from '../../../src/delivery/deploy-handler/state';
import { hostileText } from '../../properties/hostile-text';
import { seed } from '../../properties/seed';

const digest = `sha256:${'b'.repeat(64)}`;
const request = new World().parameters(digest) as unknown as Request;
const previous = { digest: `sha256:${'a'.repeat(64)}` };

const gitsTrailers = (message: string) => execFileSync('git', ['interpret-trailers', '--parse'], { input: message }).toString()
  .split('\n').filter((line) => line).map((line) => line.split(': ')[0]);

test('nothing that is written into a commit message makes a trailer, by our reading or by Git\'s', () => {
  fc.assert(fc.property(hostileText, hostileText, (reason, text) => {
    const promoted = promotionMessage({ ...request, execution: text }, { deployment: text, tag: 't', previous });
    const putBack = putBackMessage({ ...request, tag: text }, { deployment: 'job', reason, previous });
    expect(Object.keys(trailersOf(promoted))).toEqual(['Execution', 'Source-Commit', 'Digest', 'Previous-Digest', 'Environment-Tag', 'Deployment']);
    expect(trailersOf(putBack)).toEqual({
      'Reason': oneLine(reason), 'Execution': request.execution, 'Digest': previous.digest, 'Puts-Back': digest, 'Deployment': 'job',
    });
    expect(gitsTrailers(putBack)).toEqual(['Reason', 'Execution', 'Digest', 'Puts-Back', 'Deployment']);
    expect(concerns(putBack, request)).toBe(true);
  }), { seed, numRuns: 250 });
});

test('what a person reads is one line of whole characters that nothing turns around', () => {
  fc.assert(fc.property(hostileText, fc.integer({ min: 1, max: 50 }), (text, length) => {
    const line = oneLine(text, length);
    expect(line.length).toBeLessThanOrEqual(length);
    expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
  }), { seed, numRuns: 2000 });
});

test('a state with any reason survives the way through CodePipeline', () => {
  const state = (reason: string): State => ({ phase: 'put back', deployment: 'job', attempts: 0, reason, promotion: { at: 1, commit: 'c', tag: 't', previous } });
  fc.assert(fc.property(hostileText, (reason) => {
    const token = encodeState(state(reason));
    expect(token.length).toBeLessThanOrEqual(2048);
    expect(decodeState(token)).toEqual(state(expect.any(String) as unknown as string));
  }), { seed, numRuns: 500 });
});

test('an overlay that a person wrote wrong fails the deployment by a sentence, and is left as it is', async () => {
  const overlay = (images: string) => `kind: Kustomization\n${images}`;
  const odd = [
    '', '\u0000\u0001\u0002', '\ufeff', '\t\tkind: x', '- a\n- b', 'kind: [', '{{ .Values.x }}', '!!js/function "x"', '%YAML 9.9\n---\nx', '*unknown', 'a: &a [*a]',
    overlay('images: 7\n'), overlay('images: {name: shop}\n'), overlay('images: []\n'), overlay('images: [shop]\n'), overlay('images:\n- name: shop\n'),
    overlay('images:\n- name: shop\n  digest: {}\n'), overlay('images:\n- name: shop\n  digest: x\n- name: shop\n  digest: y\n'),
    overlay('images:\n- name: shop\n  digest: x\n  digest: y\n'), overlay('images: &i\n- name: [*i]\n  digest: x\n'),
    overlay(`a: &a [x]\n${[...'bcdefghijk'].map((key, index) => `${key}: &${key} [${`*${'abcdefghijk'[index]},`.repeat(9)}]\n`).join('')}images: *k\n`),
    overlay(`images: ${'['.repeat(20_000)}`), overlay(`images: ${'{a: '.repeat(5_000)}`), `${'kind: Kustomization\n---\n'.repeat(3)}`, 'x'.repeat(1_000_000),
  ];
  for (const content of odd) {
    const world = new World();
    world.ecr.images.add(digest);
    world.codeCommit.write('main', { [OVERLAY]: content });
    const commits = world.codeCommit.commits.size;
    const { failed } = await world.act(world.parameters(digest));
    expect([content.slice(0, 60), failed]).toEqual([content.slice(0, 60), expect.stringMatching(
      /^shop build-\S+ \(sha256:b+\) in production was not promoted: The file "apps\/shop\/production\/kustomization\.yaml" (has no|cannot be)/)]);
    expect(world.codeCommit.files()[OVERLAY]).toBe(content);
    expect(world.codeCommit.commits.size).toBe(commits);
  }
});

test('an overlay with Windows line ends, a byte order mark or comments takes the digest and keeps every other byte', async () => {
  const odd = [
    'kind: Kustomization\r\nimages:\r\n- name: shop # 👩‍👩‍👧‍👦\r\n  digest: none\r\n', '\ufeffkind: Kustomization\nimages:\n- {digest: none, name: "shop"}\n',
    'images:\n- &shop\n  name: shop\n  digest: none\nother: *shop\n', '# \u202Eknird\nkind: Kustomization\nimages:\n  - digest: "none"\n    name: \'shop\'',
  ];
  for (const content of odd) {
    const world = new World();
    world.ecr.images.add(digest);
    world.codeCommit.write('main', { [OVERLAY]: content });
    expect(await world.act(world.parameters(digest))).toMatchObject({ failed: undefined });
    expect(world.codeCommit.files()[OVERLAY].replace(digest, 'none').replaceAll('"', '')).toBe(content.replaceAll('"', ''));
  }
});

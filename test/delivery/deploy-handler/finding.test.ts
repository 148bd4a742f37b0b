import { decide, Finding } from '../../../src/delivery/deploy-handler/finding';
import type { Held } from '../../../src/delivery/deploy-handler/state';

const SIGN: Finding = { reason: 'cannot pull', key: 'pull', fatalAfter: 15 };
const WAIT: Finding = { reason: 'one of two' };

/** What is decided at the last of a row of looks, each at its second. */
function decideAll(looks: [second: number, findings: Finding[]][], settle = 0) {
  let held: Held | undefined;
  return looks.map(([second, findings]) => {
    const result = decide({ findings, settle }, held, second * 1000);
    held = result.held;
    return result.decision.kind;
  }).at(-1);
}

test('nothing found is complete', () => {
  expect(decideAll([[0, []]])).toBe('complete');
});

test('a complete rollout has to last where it must settle, without a break', () => {
  expect(decideAll([[0, []], [9, []]], 10)).toBe('pending');
  expect(decideAll([[0, []], [10, []]], 10)).toBe('complete');
  expect(decideAll([[0, []], [5, [WAIT]], [10, []]], 10)).toBe('pending');
});

test('a sign of failure counts when it lasts, under whatever words', () => {
  expect(decideAll([[0, [SIGN]], [14, [SIGN]]])).toBe('pending');
  expect(decideAll([[0, [SIGN]], [15, [{ ...SIGN, reason: 'back-off' }]]])).toBe('failed');
  expect(decideAll([[0, [{ ...SIGN, fatalAfter: 0 }]]])).toBe('failed');
});

test('a sign that flickers has not gone, one that is gone has', () => {
  expect(decideAll([[0, [SIGN]], [8, [WAIT]], [9, [SIGN]], [15, [SIGN]]])).toBe('failed');
  expect(decideAll([[0, [SIGN]], [5, [WAIT]], [11, [WAIT]], [12, [SIGN]], [15, [SIGN]]])).toBe('pending');
});

test('what is only not there yet never fails by itself', () => {
  expect(decideAll([[0, [WAIT]], [9999, [WAIT]]])).toBe('pending');
});

test('the sign that fails first is told, else all that is missing', () => {
  const decision = (findings: Finding[]) => decide({ findings, settle: 0 }, undefined, 0).decision;
  expect(decision([WAIT, SIGN, { reason: 'crash', fatalAfter: 0 }])).toEqual({ kind: 'failed', reason: 'crash' });
  expect(decision([1, 2, 3, 4].map((n) => ({ reason: `r${n}` })))).toMatchObject({ reason: 'r1; r2; r3; and 1 more' });
});

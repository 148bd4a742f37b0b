import * as fc from 'fast-check';
import { buildTime, environmentTag, parseEnvironmentTag } from '../../../src/delivery/deploy-handler/environment-tag';

test('has the time to the millisecond and the commit', () => {
  expect(environmentTag('production', Date.UTC(2026, 10, 24, 9, 8, 7, 65), 'abcdef1234')).toEqual({
    tag: 'production-20261124090807065-abcdef12', time: Date.UTC(2026, 10, 24, 9, 8, 7, 65), commit8: 'abcdef12',
  });
});

test('sorts as text as it does in time, and is what Flux looks for', () => {
  const time = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2999, 11) });
  fc.assert(fc.property(time, time, (a, b) => {
    const [first, second] = [a, b].map((at) => environmentTag('eu-1', at, 'abcdef12'));
    expect(first.tag).toMatch(/^eu-1-(?<ts>[0-9]{17})-[0-9a-f]{8}$/);
    expect(Math.sign(a - b)).toBe(first.tag === second.tag ? 0 : first.tag < second.tag ? -1 : 1);
    expect(parseEnvironmentTag('eu-1', first.tag)).toEqual(first);
  }));
});

test.each(['build-20261124090807-abcdef12', 'eu-20261124090807065-abcdef12', 'eu-1-20261124090807065-abcdef12-x', 'eu-1-', ''])(
  'does not take %j for one', (tag) => {
    expect(parseEnvironmentTag('eu-1', tag)).toBeUndefined();
  });

test('takes one whose digits are no time, as Flux does', () => {
  expect(parseEnvironmentTag('eu-1', 'eu-1-20269924090807065-abcdef12')).toMatchObject({ time: 0 });
});

test('reads when a build was', () => {
  expect(buildTime('build-20261124090807-abcdef12')).toBe(Date.UTC(2026, 10, 24, 9, 8, 7));
  expect(buildTime('v1')).toBeUndefined();
});

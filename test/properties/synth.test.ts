import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { application, platform, region } from './arbitraries';
import { applicationOptions, importedPlatform, platformProps } from './build';
import { applicationFaults, platformFaults, platformNameOf, sharedNames } from './oracle';
import { seed } from './seed';
import { RegionSpec } from './specs';
import { synthesize } from './synthesize';
import { Template } from './template';
import { findings } from './template-checks';
import { Application, GitOpsPipeline, GitOpsPlatform } from '../../src';
import { writeFigures } from '../verify/figures';

const folder = mkdtempSync(join(tmpdir(), 'properties-'));
const runs = (share: number) => Math.ceil(share * Number(process.env.PROPERTY_RUNS ?? 1100));

const counts = { valid: 0, invalid: 0 };

jest.setTimeout(3_600_000);
process.env.CDK_VALIDATION = 'false'; // the CDK's own checks are slow, and another test runs them

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  writeFigures('synth', { 'props synthesized': counts.valid, 'props refused in one sentence': counts.invalid, 'seed': seed });
});

test('an application synthesizes, or fails and names the prop', () => {
  check(runs(0.54), fc.tuple(application, region), ([spec, where]) => [
    applicationFaults(spec, { platformName: 'acme', region: where }),
    (stack) => {
      const acme = importedPlatform(stack);
      new Application(stack, spec.id, { ...applicationOptions(stack, spec, acme), platform: acme });
    },
    where,
  ]);
});

test('a platform synthesizes, or fails and names the prop', () => {
  check(runs(0.22), fc.tuple(platform, region), ([spec, where]) => [
    platformFaults(spec, where),
    (stack) => new GitOpsPlatform(stack, spec.id, platformProps(stack, spec)),
    where,
  ]);
});

test('a pipeline synthesizes, or fails and names the prop', () => {
  check(runs(0.1), fc.tuple(platform, application, region), ([platformSpec, applicationSpec, where]) => {
    // the removal policy is one prop for both
    const spec = { ...applicationSpec, id: platformSpec.id, removalPolicy: platformSpec.removalPolicy };
    if (spec.applicationRepository === 'infrastructure') delete (spec as any).applicationRepository; // there is none yet to pass
    return [
      new Set([...platformFaults(platformSpec, where), ...applicationFaults(spec, { platformName: platformNameOf(platformSpec), region: where })]),
      (stack) => {
        const props = platformProps(stack, platformSpec);
        const options = applicationOptions(stack, spec, { platformName: platformNameOf(platformSpec), infrastructureRepository: undefined! });
        new GitOpsPipeline(stack, spec.id, { ...props, ...options });
      },
      where,
    ];
  });
});

test('applications of one platform share nothing, or the one that came second fails and names the prop', () => {
  const name = fc.constantFrom('a', 'a-b', 'b', 'c', 'd', 'e', 'f');
  const environment = fc.record(
    { environmentName: fc.constantFrom('a', 'b', 'c', 'b-c', 'a-b'), namespace: fc.constantFrom('x', 'y', 'z', 'v', 'w', 'a-b-c', 'b-c') },
    { requiredKeys: ['environmentName'] },
  );
  const one = fc.record({ applicationName: name, environments: fc.array(environment, { minLength: 1, maxLength: 2 }) });
  const applications = fc.array(one, { minLength: 2, maxLength: 3 });
  check(runs(0.14), applications, (specs) => [
    new Set([
      ...specs.flatMap((spec) => [...applicationFaults({ id: 'Any', ...spec }, { platformName: 'acme', region: undefined })]),
      ...sharedNames(specs),
    ]),
    (stack) => {
      const acme = importedPlatform(stack);
      specs.forEach((spec, index) => new Application(stack, `Application${index}`, { ...spec, platform: acme }));
    },
    undefined,
  ]);
});

type Case = [faults: Set<string>, build: (stack: Stack) => void, region: RegionSpec];

function check<T>(numRuns: number, arbitrary: fc.Arbitrary<T>, toCase: (spec: T) => Case): void {
  fc.assert(fc.property(arbitrary, (spec) => {
    const [faults, build, where] = toCase(spec);
    const outcome = synthesize(folder, build, where);
    if (faults.size > 0) {
      counts.invalid++;
      expectRefusal(outcome, faults);
    } else {
      counts.valid++;
      if (outcome instanceof Error) throw outcome;
      expect(findings(outcome)).toEqual([]);
    }
  }), { numRuns, seed });
}

/** One line that names a prop at fault, the value, and what is allowed. */
function expectRefusal(outcome: Template | Error, faults: Set<string>): void {
  if (!(outcome instanceof Error)) {
    throw new Error(`synthesized, although there is something wrong with ${[...faults].join(' and ')}`);
  }
  const [, prop] = /^([\w ,]+?) ".*" of '.*' is not allowed: .{10,}\. .{10,}\.$/u.exec(outcome.message) ?? [];
  if (outcome.name !== 'ValidationError' || prop === undefined || !faults.has(prop) || outcome.message.length > 1000) {
    throw new Error(`expected one sentence about ${[...faults].join(' or ')}, got ${outcome.stack}`);
  }
}

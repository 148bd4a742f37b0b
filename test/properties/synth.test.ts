import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { application, platform, region } from './arbitraries';
import { applicationOptions, importedPlatform, newStack, platformProps } from './build';
import { applicationFaults, platformFaults, platformNameOf } from './oracle';
import { RegionSpec } from './spec';
import { Template } from './template';
import { findings } from './template-checks';
import { Application, GitOpsPipeline, GitOpsPlatform } from '../../src';

const folder = mkdtempSync(join(tmpdir(), 'properties-'));
const runs = (share: number) => Math.ceil(share * Number(process.env.PROPERTY_RUNS ?? 1100));
const seed = Number(process.env.PROPERTY_SEED ?? 20261124);
const counts = { valid: 0, invalid: 0 };

jest.setTimeout(3_600_000);
process.env.CDK_VALIDATION = 'false'; // the CDK's own checks are slow, and another test runs them

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`synth properties: ${counts.valid + counts.invalid} cases (${counts.valid} valid, ${counts.invalid} invalid), seed ${seed}\n`);
});

test('an application synthesizes, or fails and names the prop', () => {
  check(runs(0.64), fc.tuple(application, region), ([spec, where]) => [
    applicationFaults(spec, { platformName: 'acme', region: where }),
    (stack) => {
      const acme = importedPlatform(stack);
      new Application(stack, spec.id, { ...applicationOptions(stack, spec, acme), platform: acme });
    },
    where,
  ]);
});

test('a platform synthesizes, or fails and names the prop', () => {
  check(runs(0.24), fc.tuple(platform, region), ([spec, where]) => [
    platformFaults(spec, where),
    (stack) => new GitOpsPlatform(stack, spec.id, platformProps(stack, spec)),
    where,
  ]);
});

test('a pipeline synthesizes, or fails and names the prop', () => {
  check(runs(0.12), fc.tuple(platform, application, region), ([platformSpec, applicationSpec, where]) => {
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

type Case = [faults: Set<string>, build: (stack: Stack) => void, region: RegionSpec];

function check<T>(numRuns: number, arbitrary: fc.Arbitrary<T>, toCase: (spec: T) => Case): void {
  fc.assert(fc.property(arbitrary, (spec) => {
    const [faults, build, where] = toCase(spec);
    const outcome = synthesize(build, where);
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

function synthesize(build: (stack: Stack) => void, where: RegionSpec): Template | Error {
  const outdir = mkdtempSync(join(folder, 'cdk.out-'));
  try {
    const stack = newStack(outdir, where);
    build(stack);
    return (stack.node.root as import('aws-cdk-lib').App).synth().getStackByName(stack.stackName).template;
  } catch (error) {
    return error as Error;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
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

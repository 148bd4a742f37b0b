import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { application, platform } from './arbitraries';
import { applicationOptions, importedPlatform, platformProps } from './build';
import { cfnLint } from './cfn-lint';
import { applicationFaults, platformFaults } from './oracle';
import { seed } from './seed';
import { ApplicationSpec, RegionSpec } from './specs';
import { synthesize } from './synthesize';
import { Application, GitOpsPipeline, GitOpsPlatform } from '../../src';

const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

process.env.CDK_VALIDATION = 'false';

/** A region of each partition. */
const REGIONS = ['eu-west-1', 'cn-north-1', 'us-gov-west-1'] as const;

function write(name: string, build: (stack: Stack) => void, region?: RegionSpec): string {
  const template = synthesize(folder, build, region);
  if (template instanceof Error) throw template;
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(template));
  return file;
}

/** cfn-lint knows 8 hours as the most, but CodeBuild takes 36 since 2024. */
const LINTED_BUILD_TIMEOUT = 8 * 60 * 60_000;

/** Some of the valid ones. */
function sample<T>(arbitrary: fc.Arbitrary<T>, valid: (spec: T) => boolean, count: number): T[] {
  return fc.sample(arbitrary.filter(valid), { numRuns: count, seed });
}

const alone = (spec: ApplicationSpec, region?: RegionSpec) => applicationFaults(spec, { platformName: 'acme', region }).size === 0
  && Number(spec.buildTimeout ?? 0) <= LINTED_BUILD_TIMEOUT;
const delivered = (stack: Stack, spec: ApplicationSpec) => {
  const acme = importedPlatform(stack);
  new Application(stack, spec.id, { ...applicationOptions(stack, spec, acme), platform: acme });
};

test('cfn-lint finds nothing in templates for any region, in any partition', async () => {
  const templates = [
    write('default', (stack) => new GitOpsPipeline(stack, 'Shop')),
    ...sample(platform, (spec) => platformFaults(spec, undefined).size === 0, 4)
      .map((spec, index) => write(`platform-${index}`, (stack) => new GitOpsPlatform(stack, spec.id, platformProps(stack, spec)))),
    ...sample(application, (spec) => alone(spec), 8).map((spec, index) => write(`application-${index}`, (stack) => delivered(stack, spec))),
  ];
  expect(await cfnLint(templates, [...REGIONS])).toEqual([]);
}, 600_000);

test.each(REGIONS)('cfn-lint finds nothing in templates for %s', async (region) => {
  const templates = [
    write(`default-${region}`, (stack) => new GitOpsPipeline(stack, 'Shop'), region),
    ...sample(application, (spec) => alone(spec, region), 3)
      .map((spec, index) => write(`${region}-${index}`, (stack) => delivered(stack, spec), region)),
  ];
  expect(await cfnLint(templates, [region])).toEqual([]);
}, 600_000);

test('cfn-lint would say something', async () => {
  const file = join(folder, 'broken.json');
  writeFileSync(file, JSON.stringify({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties: {} } } }));
  expect(await cfnLint([file], ['eu-west-1'])).toEqual([expect.stringContaining('E3003')]);
}, 600_000);

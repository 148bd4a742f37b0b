import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as fc from 'fast-check';
import { HOSTILE } from './arbitraries';
import { seed } from './seed';
import { ImageBuild } from '../../src/build/image-build';
import { NodeArchitecture } from '../../src/cluster';

const folder = mkdtempSync(join(tmpdir(), 'build-commands-'));
const outdir = mkdtempSync(join(tmpdir(), 'build-commands-out-'));
afterAll(() => [folder, outdir].forEach((path) => rmSync(path, { recursive: true, force: true })));

// stands in for Docker: it notes the words that it was called with
writeFileSync(
  join(folder, 'docker'),
  '#!/bin/bash\nprintf "%s\\0" CALL docker "$@" >> "$CALLS"\n[ "$1" != create ] || echo container\n',
  { mode: 0o755 },
);

const hostile = fc.oneof(
  fc.tuple(fc.constantFrom('a', 'dir/'), fc.constantFrom(...HOSTILE)).map((parts) => parts.join('')),
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
);

test('whatever a path is called, the shell of the build takes it as one word', () => {
  let taken = 0;
  fc.assert(fc.property(hostile, hostile, hostile, (dockerfile, buildContext, testReportsPath) => {
    const commands = buildCommands({ dockerfile, buildContext, testReportsPath });
    if (!commands) return;
    taken++;
    const calls = run(commands);
    const image = 'registry/images:tag';
    expect(calls).toEqual([
      ['docker', 'build', '--file', dockerfile, '--target', 'test', '--tag', 'tested', buildContext],
      ['docker', 'create', 'tested'],
      ['docker', 'cp', `container:${testReportsPath}/.`, 'reports'],
      ['docker', 'rm', 'container'],
      ['docker', 'build', '--file', dockerfile, '--tag', image, buildContext],
    ]);
    expect(readdirSync(folder).filter((name) => !['docker', 'calls'].includes(name))).toEqual([]);
  }), { numRuns: 150, seed });
  expect(taken).toBeGreaterThan(50);
});

/** The commands of the build phase, or nothing where a prop is refused. */
function buildCommands(props: { dockerfile: string; buildContext: string; testReportsPath: string }): string[] | undefined {
  const stack = new Stack(new App({ outdir, analyticsReporting: false }), 'Stack');
  try {
    new ImageBuild(stack, 'Build', {
      ...props,
      projectName: 'shop',
      imageRepository: ecr.Repository.fromRepositoryName(stack, 'Images', 'shop/shop'),
      architecture: NodeArchitecture.ARM64,
    });
  } catch (error) {
    expect((error as Error).message).toMatch(/^(dockerfile|buildContext|testReportsPath) ".*" of 'Stack\/Build' is not allowed: /);
    return undefined;
  }
  const [project] = Object.values(Template.fromStack(stack).findResources('AWS::CodeBuild::Project'));
  return JSON.parse(project.Properties.Source.BuildSpec).phases.build.commands;
}

/** Runs the commands in one shell, as a build does, and returns the calls that they made. */
function run(commands: string[]): string[][] {
  const calls = join(folder, 'calls');
  writeFileSync(calls, '');
  const { status, stderr } = spawnSync('bash', ['-c', commands.join('\n')], {
    cwd: folder,
    env: { PATH: `${folder}:/usr/bin:/bin`, CALLS: calls, IMAGE_URI: 'registry/images', IMAGE_TAG: 'tag', HOME: '/expanded' },
  });
  expect([status, stderr.toString()]).toEqual([0, '']);
  const words = readFileSync(calls, 'utf8').split('\0').slice(0, -1);
  return words.reduce<string[][]>((all, word) => (word === 'CALL' ? [...all, []] : [...all.slice(0, -1), [...all.at(-1)!, word]]), []);
}

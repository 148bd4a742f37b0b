import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { buildSpecification } from '../../../sandbox/delivery/build/buildspec';
import { phasesOf, runPhases } from '../../../sandbox/delivery/build/phase-shell';
import { Processes } from '../../../sandbox/processes';

let dir: string;
let processes: Processes;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'phases-'));
  await mkdir(join(dir, 'src'));
  processes = new Processes(dir);
});
afterEach(async () => {
  expect(processes.running).toEqual([]);
  await processes.stopAll();
  await rm(dir, { recursive: true });
});

const PATH = process.env.PATH!;

async function run(phases: object, signal = new AbortController().signal) {
  const outcome = await runPhases({
    name: 'build',
    processes,
    folder: join(dir, 'phases'),
    source: join(dir, 'src'),
    logFile: join(dir, 'log'),
    signal,
    environment: { PATH, GIVEN: 'given' },
    specification: buildSpecification(stringify({ version: 0.2, env: { shell: 'bash' }, phases })),
  });
  const said = (await readFile(join(dir, 'log'), 'utf8')).split('\n').filter((line) => line && !line.startsWith('[Container]'));
  return { ...outcome, said, summary: outcome.phases.map(({ name, failure }) => failure ? `${name}: ${failure}` : name) };
}

test('runs every phase in one shell', async () => {
  const { said, summary, environment } = await run({
    install: { commands: 'mkdir -p a && cd a' },
    pre_build: { commands: ['plain=kept', 'export EXPORTED="two words"', 'greet() { echo "hello $1"; }'] },
    build: { commands: ['basename "$PWD"', 'echo "$plain $GIVEN"', 'greet you', 'echo "${EXPORTED:0:3}"'] },
    post_build: { commands: ['echo $CODEBUILD_BUILD_SUCCEEDING'], finally: ['echo end'] },
  });
  expect(said).toEqual(['a', 'kept given', 'hello you', 'two', '1', 'end']);
  expect(summary).toEqual(['install', 'pre_build', 'build', 'post_build']);
  expect(environment.EXPORTED).toBe('two words');
  expect(environment.plain).toBeUndefined();
});

test('leaves out what follows a failed command, but not what is to be done finally', async () => {
  const { said, summary } = await run({
    pre_build: { commands: ['echo one', 'false', 'echo two'], finally: ['echo finally', 'echo more'] },
    build: { commands: ['echo built'] },
  });
  expect(said).toEqual(['one', 'finally', 'more']);
  expect(summary).toEqual(['pre_build: Error while executing command: false. Reason: exit status 1']);
});

test('goes on to post_build after a failed build, unless told to abort', async () => {
  const phases = (build: object) => ({ build: { commands: ['exit 3'], ...build }, post_build: { commands: ['echo "post $CODEBUILD_BUILD_SUCCEEDING"'] } });
  expect(await run(phases({}))).toMatchObject({ said: ['post 0'], summary: ['build: Error while executing command: exit 3. Reason: exit status 3', 'post_build'] });
  await rm(join(dir, 'phases'), { recursive: true });
  await rm(join(dir, 'log'));
  expect(await run(phases({ 'on-failure': 'ABORT' }))).toMatchObject({ said: [], summary: ['build: Error while executing command: exit 3. Reason: exit status 3'] });
});

test('continues where it is told to', async () => {
  const { said, summary } = await run({ install: { 'commands': ['false'], 'on-failure': 'CONTINUE' }, build: { commands: ['echo built'] } });
  expect(said).toEqual(['built']);
  expect(summary).toEqual([expect.stringContaining('install: '), 'build']);
});

test('goes on with what the shell had when a command ended it', async () => {
  const { said, summary } = await run({
    pre_build: { commands: ['cd /tmp', 'plain=$\'kept\\nhere\'', 'exit 0', 'echo "$plain in $PWD"'] },
    build: { commands: ['set -eu', 'echo "$missing"', 'echo never'], finally: ['echo finally'] },
  });
  expect(said).toEqual(['kept', 'here in /tmp', expect.stringContaining('missing: unbound variable'), 'finally']);
  expect(summary).toEqual(['pre_build', expect.stringMatching(/^build: Error while executing command: echo "\$missing"/)]);
});

test('says so when a command replaced the shell', async () => {
  await expect(run({ build: { commands: ['exec true'] } })).rejects.toThrow('A command of the phase build replaced or killed the shell');
});

test('ends commands and what they started when the time is over', async () => {
  const time = new AbortController();
  const running = run({ build: { commands: ['sleep 300 & echo $! > ../pid', 'sleep 300'] } }, time.signal);
  const failed = expect(running).rejects.toThrow('over');
  let pid = 0;
  for (let tries = 0; tries < 100 && !pid; tries++) {
    await sleep(50);
    pid = Number(await readFile(join(dir, 'pid'), 'utf8').catch(() => ''));
  }
  time.abort(new Error('over'));
  await failed;
  expect(pid).toBeGreaterThan(0);
  for (let tries = 0; tries < 40 && await runs(pid); tries++) {
    await sleep(50);
  }
  expect(await runs(pid)).toBe(false);
  expect(await phasesOf(join(dir, 'phases'))).toEqual([expect.objectContaining({ name: 'build' })]);
});

/** An orphan that was killed stays as a zombie until the machine's first process takes notice. */
async function runs(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/^\d+ \(.*\) [ZX]/.test(stat);
}

const phases = { build: { commands: ['true'] } };
const env = { shell: 'bash' };

test.each([
  ['no shell', { version: 0.2, phases }, 'env'],
  ['another shell', { version: 0.2, env: { shell: 'sh' }, phases }, 'only where the build specification says so'],
  ['a shell for each command', { version: 0.1, env, phases }, 'only version 0.2'],
  ['an unknown phase', { version: 0.2, env, phases: { test: {} } }, '"test"'],
  ['secrets', { version: 0.2, env: { ...env, 'secrets-manager': {} }, phases }, 'secrets-manager'],
])('fails for %s', (_, specification, reason) => {
  expect(() => buildSpecification(stringify(specification))).toThrow(reason);
});

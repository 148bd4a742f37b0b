import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes } from '../../sandbox/processes';

let dir: string;
let processes: Processes;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'processes-'));
  processes = new Processes(dir);
});

afterEach(async () => {
  await processes.stopAll().catch(() => undefined);
  rmSync(dir, { recursive: true, force: true });
});

test('stops in the reverse order of start, with clean-up steps in their place', async () => {
  const order: string[] = [];
  const first = processes.start('first', 'sleep', ['60']);
  void first.exited.then(() => order.push('first'));
  processes.beforeStop('workloads', async () => { order.push(first.running ? 'workloads while first runs' : 'workloads too late'); });
  const second = processes.start('second', 'sleep', ['60']);
  void second.exited.then(() => order.push('second'));

  await processes.stopAll();

  expect(order).toEqual(['second', 'workloads while first runs', 'first']);
});

test('ends what a process started, too, and one that ignores SIGTERM', async () => {
  const stubborn = processes.start('stubborn', 'sh', ['-c', 'trap "" TERM; sleep 60 & echo $!; wait; sleep 60'], { grace: 200 });
  const child = Number(await eventually(() => readFileSync(stubborn.logFile, 'utf8').trim()));

  await stubborn.stop();

  await expect(stubborn.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
  await eventually(() => isGone(child));
});

test('passes only the given environment on', async () => {
  const printed = processes.start('env', '/usr/bin/env', [], { env: { ONLY: 'this' } });

  await printed.exited;

  expect(readFileSync(printed.logFile, 'utf8')).toBe('ONLY=this\n');
});

test('reports an exit that nobody asked for, and none that was asked for', async () => {
  const reported: string[] = [];
  const failing = processes.start('failing', 'sh', ['-c', 'echo why; exit 3'], { onUnexpectedExit: exit => reported.push(`failing ${exit.code}`) });
  await failing.exited;
  const asked = processes.start('asked', 'sleep', ['60'], { onUnexpectedExit: () => reported.push('asked') });
  await asked.stop();

  expect(reported).toEqual(['failing 3']);
  expect(failing.tail()).toBe('why');
  expect(processes.running).toEqual([]);
});

test('one step that fails keeps none of the others alive', async () => {
  const survivor = processes.start('survivor', 'sleep', ['60']);
  processes.beforeStop('broken', async () => { throw new Error('no reason'); });

  await expect(processes.stopAll()).rejects.toThrow('broken did not stop cleanly: no reason');

  expect(survivor.running).toBe(false);
});

test('fails for a command that does not exist, with its name', () => {
  expect(() => processes.start('etcd', '/nowhere/etcd', [])).toThrow('etcd cannot be started: /nowhere/etcd is no executable file.');
});

test('fails to start anything once the run is being stopped', async () => {
  await processes.stopAll();
  expect(() => processes.start('late', 'sleep', ['1'])).toThrow('late cannot be started: the run is being stopped.');
});

async function eventually<T>(check: () => T | undefined): Promise<T> {
  for (let i = 0; i < 100; i++) {
    const value = check();
    if (value) return value;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  throw new Error('did not happen within 2 s');
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].startsWith('Z');
  } catch {
    return true;
  }
}

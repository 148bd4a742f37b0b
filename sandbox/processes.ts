import { ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** How a process is started */
export interface StartOptions {
  /** The whole environment, nothing is inherited (default: PATH, and HOME in the run folder). */
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Where stdout and stderr go (default: `<dir>/logs/<name>.log`, appended). */
  readonly logFile?: string;
  /** Milliseconds between SIGTERM and SIGKILL when it is stopped (default: 10,000). */
  readonly grace?: number;
  /** Called when the process ends though nobody asked it to. */
  readonly onUnexpectedExit?: (exit: Exit) => void;
}

/** How a process ended */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** setpriv lets the kernel end a child when this process is killed without a chance to do it itself. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find(existsSync);

/** One process of the run, the leader of a process group of its own */
export class ManagedProcess {
  /** Resolves when the process has ended, for whatever reason. */
  public readonly exited: Promise<Exit>;
  private exit?: Exit;
  private stopping?: Promise<void>;

  constructor(readonly name: string, readonly logFile: string, private readonly child: ChildProcess, private readonly options: StartOptions) {
    this.exited = new Promise(resolve => {
      const ended = (exit: Exit) => {
        if (this.exit) return;
        this.exit = exit;
        this.signal('SIGKILL'); // what the process started itself must not outlive it
        if (!this.stopping) options.onUnexpectedExit?.(exit);
        resolve(exit);
      };
      child.once('error', () => ended({ code: 127, signal: null }));
      child.once('exit', (code, signal) => ended({ code, signal }));
    });
  }

  public get pid(): number | undefined {
    return this.child.pid;
  }

  public get running(): boolean {
    return this.exit === undefined;
  }

  /** Sends a signal to the process and everything that it started in its group. */
  public signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Asks the process to end, and ends it when it does not within its grace period. */
  public async stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  /** The last lines that it wrote, for error messages. */
  public tail(lines = 15): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '';
  }

  private async end(): Promise<void> {
    if (!this.running) return;
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), this.options.grace ?? 10_000);
    await this.exited;
    clearTimeout(timer);
  }
}

/**
 * Every process of a run, ended in the reverse order of their start
 *
 * They end with `stopAll()`, on SIGINT and SIGTERM, and when this process ends in any other way.
 */
export class Processes {
  private readonly steps: (ManagedProcess | { name: string; cleanUp: () => Promise<void> })[] = [];
  private stopping?: Promise<void>;
  private readonly listeners = {
    exit: () => this.killAll(),
    SIGINT: () => this.interrupt(130),
    SIGTERM: () => this.interrupt(143),
  };

  /** @param dir the run folder: logs go to `<dir>/logs` */
  constructor(readonly dir: string) {
    mkdirSync(join(dir, 'logs'), { recursive: true });
    for (const [event, listener] of Object.entries(this.listeners)) process.on(event, listener);
  }

  /** Those that run now, in the order of their start. */
  public get running(): ManagedProcess[] {
    return this.steps.filter(step => step instanceof ManagedProcess).filter(step => step.running);
  }

  /** Whether the run is being stopped, so that nothing can be started any more. */
  public get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  /** Starts a process; fails at once when there is no such command. */
  public start(name: string, command: string, args: string[], options: StartOptions = {}): ManagedProcess {
    if (this.stopping) throw new Error(`${name} cannot be started: the run is being stopped.`);
    const env = options.env ?? { PATH: process.env.PATH ?? '', HOME: this.dir };
    assertExecutable(name, command, env.PATH ?? process.env.PATH ?? '');
    const logFile = options.logFile ?? join(this.dir, 'logs', `${name}.log`);
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    const [file, argv] = SETPRIV ? [SETPRIV, ['--pdeathsig', 'KILL', command, ...args]] : [command, args];
    const child = spawn(file, argv, { cwd: options.cwd ?? this.dir, env: env as NodeJS.ProcessEnv, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const managed = new ManagedProcess(name, logFile, child, options);
    // one that is started again ends when the one before it would have, and restarts do not pile up
    const before = this.steps.findIndex(step => step instanceof ManagedProcess && !step.running && step.name === name);
    if (before < 0) this.steps.push(managed);
    else this.steps[before] = managed;
    return managed;
  }

  /** Registers work that has to be done before the processes that were started earlier are stopped. */
  public beforeStop(name: string, cleanUp: () => Promise<void>): void {
    this.steps.push({ name, cleanUp });
  }

  /** Stops everything in reverse order; one that fails does not keep the others alive. */
  public async stopAll(): Promise<void> {
    this.stopping ??= this.stopInReverse();
    return this.stopping;
  }

  private async stopInReverse(): Promise<void> {
    const failures: unknown[] = [];
    // a step leaves the list when it is done, so that the last resort still sees the one that hangs
    for (let step = this.steps.at(-1); step; this.steps.pop(), step = this.steps.at(-1)) {
      try {
        await (step instanceof ManagedProcess ? step.stop() : step.cleanUp());
      } catch (error) {
        failures.push(new Error(`${step.name} did not stop cleanly: ${(error as Error).message}`, { cause: error }));
      }
    }
    for (const [event, listener] of Object.entries(this.listeners)) process.off(event, listener);
    if (failures.length > 0) throw new AggregateError(failures, failures.map(failure => (failure as Error).message).join('\n'));
  }

  private interrupt(exitCode: number): void {
    if (this.stopping) { // asked twice: no more patience
      this.killAll();
      process.exit(exitCode);
    }
    void this.stopAll().catch(error => console.error(error.message)).finally(() => process.exit(exitCode));
  }

  /** The last resort, where nothing can be awaited any more. */
  private killAll(): void {
    for (const managed of this.running) managed.signal('SIGKILL');
  }
}

/** Said here, since behind setpriv a missing command would only be seen in the log. */
function assertExecutable(name: string, command: string, path: string): void {
  const candidates = command.includes('/') ? [command] : path.split(delimiter).map(folder => join(folder, command));
  if (!candidates.some(isExecutable)) {
    throw new Error(`${name} cannot be started: ${command} is no executable file${command.includes('/') ? '' : ` in PATH=${path}`}.`);
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

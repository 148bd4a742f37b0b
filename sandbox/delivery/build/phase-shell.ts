import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { abortsOnFailure, BuildSpecification, PhaseName, PHASES } from './buildspec';
import { ManagedProcess, Processes } from '../../processes';

export interface PhaseShellOptions {
  readonly name: string;
  readonly processes: Processes;
  readonly specification: BuildSpecification;
  /** Where the shell keeps account of what it does. */
  readonly folder: string;
  readonly source: string;
  readonly environment: Record<string, string>;
  readonly logFile: string;
  readonly signal: AbortSignal;
}

export interface PhaseOutcome {
  readonly name: PhaseName;
  readonly started: Date;
  /** Not there for a phase in which the shell was ended. */
  readonly ended?: Date;
  /** Why it failed; empty when it did not. */
  readonly failure: string;
}

export interface PhasesOutcome {
  readonly phases: readonly PhaseOutcome[];
  /** The environment variables as the commands left them. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs a build specification's phases; rejects when the signal ends them, and leaves no process behind. */
export async function runPhases(options: PhaseShellOptions): Promise<PhasesOutcome> {
  await writePlan(options);
  const script = join(__dirname, 'run-phases.sh');
  // goes on behind a command that ended the shell, for which the script leaves the file `exited`
  const loop = 'until [ -e "$1/finished" ]; do bash "$0" "$1"; [ -e "$1/finished" ] || [ -e "$1/exited" ] || exit 1; done';
  options.signal.throwIfAborted();
  const shell = options.processes.start(options.name, 'bash', ['-c', loop, script, options.folder], {
    cwd: options.source, env: options.environment, logFile: options.logFile, grace: 2_000,
  });
  await ended(shell, options.signal);
  const phases = await phasesOf(options.folder);
  if (!existsSync(join(options.folder, 'finished'))) {
    throw new Error(`A command of the phase ${phases.at(-1)?.name ?? 'install'} replaced or killed the shell that runs the build.`);
  }
  return { phases, environment: await environmentOf(options.folder) };
}

/** What the phases did so far, also while they run. */
export async function phasesOf(folder: string): Promise<PhaseOutcome[]> {
  const events = await readFile(join(folder, 'events'), 'utf8').catch(() => '');
  const phases = new Map<string, PhaseOutcome>();
  for (const [time, kind, name, failure] of events.split('\n').filter((line) => line).map((line) => line.split('\t'))) {
    const at = new Date(Number(time.replace(',', '.')) * 1000);
    phases.set(name, kind === 'begin' ? { name: name as PhaseName, started: at, failure } : { ...phases.get(name)!, ended: at, failure });
  }
  return [...phases.values()];
}

async function writePlan({ specification, folder }: PhaseShellOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = PHASES.flatMap((name) => {
    const phase = specification.phases[name];
    const after = abortsOnFailure(name, phase?.['on-failure']) ? 'abort' : 'continue';
    return (['commands', 'finally'] as const).flatMap((list) => (phase?.[list] ?? []).map((text, index) => ({
      text, file: join(folder, `${name}-${list}-${index}`), line: [name, list, after].join('\t'),
    })));
  });
  await Promise.all(lines.map(({ file, text }) => writeFile(file, `${text}\n`)));
  await writeFile(join(folder, 'plan'), lines.map(({ line, file }) => `${line}\t${file}\n`).join(''));
}

async function ended(shell: ManagedProcess, signal: AbortSignal): Promise<void> {
  const stop = () => void shell.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await shell.exited;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
}

async function environmentOf(folder: string): Promise<Record<string, string>> {
  const text = await readFile(join(folder, 'environment'), 'utf8');
  return Object.fromEntries(text.split('\0').filter((pair) => pair).map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}

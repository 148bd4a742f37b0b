import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import AdmZip from 'adm-zip';
import { Build, BuildPhase, BuildStatus } from './build';
import { BuildSpecification, buildSpecification, PHASES } from './buildspec';
import { buildEnvironment } from './environment';
import { LogStream } from './log-stream';
import { phasesOf, PhasesOutcome, runPhases } from './phase-shell';
import { uploadReports } from './upload-reports';
import { Processes } from '../../processes';
import { AccountEnds } from '../account-ends';
import { getArtifact } from '../pipeline/artifact-store';
import { Caller } from '../signed-call';

export interface BuildEnds {
  readonly account: AccountEnds;
  readonly processes: Processes;
  /** Puts `docker`, `aws` and the like into a folder of executables. */
  readonly installTools: (bin: string, build: Build) => Promise<void>;
}

/** Runs one build in a folder of its own, which is gone afterwards; its outcome is written into the build. */
export async function runBuild(build: Build, folder: string, ends: BuildEnds, stopped: AbortSignal): Promise<void> {
  const timeOut = AbortSignal.timeout(build.project.timeoutMinutes * 60_000);
  const signal = AbortSignal.any([stopped, timeOut]);
  const end = (status: BuildStatus) => build.status = build.status === 'IN_PROGRESS' ? status : build.status;
  try {
    await new BuildRun(build, folder, ends, signal).run();
    end(build.phases.some(({ status }) => status !== 'SUCCEEDED') ? 'FAILED' : 'SUCCEEDED');
  } catch (error) {
    end(stopped.aborted ? 'STOPPED' : timeOut.aborted ? 'TIMED_OUT' : 'FAILED');
    await appendFile(build.logFile, `[Container] ${(error as Error).message}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
    build.ended = new Date();
  }
}

class BuildRun {
  private readonly folders;
  private caller!: Caller;
  private log?: LogStream;
  private specification!: BuildSpecification;

  constructor(
    private readonly build: Build,
    private readonly folder: string,
    private readonly ends: BuildEnds,
    private readonly signal: AbortSignal,
  ) {
    const inside = (name: string) => join(folder, name);
    this.folders = { bin: inside('bin'), home: inside('home'), source: inside('src'), temporary: inside('tmp') };
  }

  public async run(): Promise<void> {
    try {
      await this.phase('PROVISIONING', () => this.provision());
      await this.phase('DOWNLOAD_SOURCE', () => this.downloadSource());
      await this.runCommands();
      await this.phase('UPLOAD_ARTIFACTS', () => this.uploadReports());
    } finally {
      await this.phase('FINALIZING', async () => this.log?.close());
    }
  }

  private async provision(): Promise<void> {
    const { build } = this;
    await Promise.all(Object.values(this.folders).map((folder) => mkdir(folder, { recursive: true })));
    await appendFile(build.logFile, `[Container] Build ${build.id} of ${build.request.resolvedSourceVersion ?? 'an unknown version'}\n`);
    this.caller = { endpointUrl: this.ends.account.endpointUrl, credentials: await this.ends.account.sessionFor(build.project.serviceRole) };
    if (build.project.logGroup) {
      this.log = await LogStream.open(this.caller, build.project.logGroup, build.logStream, build.logFile);
    }
    await this.ends.installTools(this.folders.bin, build);
  }

  private async downloadSource(): Promise<void> {
    const archive = await getArtifact(this.caller, this.build.request.source);
    new AdmZip(archive).extractAllTo(this.folders.source, true, true);
    const { buildSpec } = this.build.project;
    const text = /^[\w./-]+\.ya?ml$/.test(buildSpec) ? await readFile(join(this.folders.source, buildSpec), 'utf8') : buildSpec;
    this.specification = buildSpecification(text);
  }

  private async runCommands(): Promise<void> {
    const { build, specification, folders } = this;
    const account = join(this.folder, 'phases');
    let outcome: PhasesOutcome | undefined;
    try {
      outcome = await runPhases({
        name: `build-${build.number}-${build.project.name}`,
        processes: this.ends.processes,
        specification,
        folder: account,
        source: folders.source,
        environment: buildEnvironment(build, specification.env.variables, folders, this.ends.account, this.caller.credentials),
        logFile: build.logFile,
        signal: this.signal,
      });
      build.exported = await this.exported(outcome.environment);
    } finally {
      this.record(outcome?.phases ?? await phasesOf(account));
    }
  }

  private record(phases: PhasesOutcome['phases']): void {
    for (const name of PHASES) {
      const phase = phases.find((one) => one.name === name);
      if (phase) {
        this.build.phases.push({
          phaseType: name.toUpperCase(),
          started: phase.started,
          ended: phase.ended ?? new Date(),
          status: phase.failure || !phase.ended ? 'FAILED' : 'SUCCEEDED',
          message: phase.failure || (phase.ended ? undefined : 'The build was ended.'),
        });
      }
    }
  }

  private async exported(environment: Readonly<Record<string, string>>): Promise<{ name: string; value: string }[]> {
    const names = this.specification.env['exported-variables'];
    const missing = names.filter((name) => environment[name] === undefined);
    if (missing.length > 0) {
      await appendFile(this.build.logFile, `[Container] exported-variables names ${missing.join(', ')}, which no command exported (export NAME=value).\n`);
    }
    return names.filter((name) => !missing.includes(name)).map((name) => ({ name, value: environment[name] }));
  }

  /** A build that failed before its tests ran leaves no results, and that is not another failure. */
  private async uploadReports(): Promise<void> {
    const required = this.build.phases.every(({ status }) => status !== 'FAILED');
    await uploadReports(this.caller, this.build, this.specification.reports, this.folders.source, required);
  }

  private async phase(phaseType: string, run: () => Promise<unknown>): Promise<void> {
    const phase: BuildPhase = { phaseType, started: new Date() };
    this.build.phases.push(phase);
    try {
      await run();
      phase.status = 'SUCCEEDED';
    } catch (error) {
      phase.status = 'FAILED';
      phase.message = (error as Error).message;
      throw error;
    } finally {
      phase.ended = new Date();
    }
  }
}

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, keyOf, partsCache } from './cache';
import { go, goPlatform } from './go';
import { Part, PartName, PARTS } from './part';

export interface BuildPartsOptions {
  /**
   * The programs to have.
   *
   * @default - all
   */
  readonly only?: readonly PartName[];

  /**
   * Told when the build of a program starts and when it ends.
   *
   * @default - quiet
   */
  readonly onProgress?: (line: string) => void;
}

/**
 * Builds the programs that the sandbox runs, each from the Go module that pins it.
 *
 * One after the other, since one build keeps every core busy. What was built
 * before from the same sources is taken from the cache, in well under a second.
 *
 * @returns the absolute path of each program.
 */
export async function buildParts(options: BuildPartsOptions = {}): Promise<Record<PartName, string>> {
  const report = options.onProgress ?? (() => {});
  const planned = await plan(PARTS.filter((part) => options.only?.includes(part.name) ?? true));
  const missing = planned.filter(({ folder }) => !existsSync(folder));

  await untilInterrupted(async (signal) => {
    for (const [index, build] of missing.entries()) {
      signal.throwIfAborted();
      const label = `[${index + 1}/${missing.length}] ${build.part.name} ${build.version}`.trimEnd();
      report(`${label} …`);
      const start = Date.now();
      await compile(build, signal);
      report(`${label} … ${Math.round((Date.now() - start) / 1000)} s`);
    }
  });
  return Object.fromEntries(planned.map(({ part, folder }) => [part.name, join(folder, part.name)])) as Record<PartName, string>;
}

interface Build {
  readonly part: Part;
  readonly version: string;
  readonly flags: readonly string[];
  /** Where in the cache the program goes. */
  readonly folder: string;
}

async function plan(parts: readonly Part[]): Promise<Build[]> {
  const platform = await goPlatform(join(__dirname, 'etcd')).catch((error) => {
    throw new Error(`The sandbox's programs cannot be built: ${error.message}`, { cause: error });
  });
  return Promise.all(parts.map(async (part) => {
    const sources = await sourcesOf(part);
    const version = part.module ? versionOf(part.module, sources.get('go.mod')!) : '';
    const flags = ['-trimpath', `-ldflags=${linkerFlags(part, version)}`];
    const key = keyOf([part.package, platform, ...flags, ...[...sources].flat()]);
    return { part, version, flags, folder: join(partsCache(), `${part.name}-${key}`) };
  }));
}

async function compile(build: Build, signal: AbortSignal): Promise<void> {
  const { part, version, flags, folder } = build;
  try {
    await cached(folder, async (scratch) => {
      await go(['build', ...flags, '-o', join(scratch, part.name), part.package], { folder: join(__dirname, part.folder), scratch: join(scratch, '..'), signal });
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`${`${part.name} ${version}`.trimEnd()} cannot be built from sandbox/parts/${part.folder}: ${(error as Error).message}`, { cause: error });
  }
}

/** The files of a Go module of ours, by name, in a stable order. */
async function sourcesOf(part: Part): Promise<Map<string, string>> {
  const folder = join(__dirname, part.folder);
  const names = (await readdir(folder)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)));
}

function versionOf(module: string, goMod: string): string {
  const version = goMod.match(new RegExp(`^\\s*(?:require )?${module.replaceAll('.', '\\.')} (v\\S+)`, 'm'))?.[1];
  if (!version) {
    throw new Error(`The go.mod of the sandbox's programs does not require ${module}: add it, since it says which version to build.`);
  }
  return version;
}

/** Kubernetes' programs compare versions with each other, and a plain go build gives them none. */
function linkerFlags(part: Part, version: string): string {
  if (part.module !== 'k8s.io/kubernetes') {
    return '-s -w';
  }
  const [major, minor] = version.slice(1).split('.');
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor };
  return ['-s -w', ...Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)].join(' ');
}

/** Runs something that Ctrl-C ends in good order: with its child processes ended and its temporary folders removed. */
async function untilInterrupted(run: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error('The build of the sandbox\'s programs was interrupted; what was complete is kept for the next run.'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    await run(controller.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

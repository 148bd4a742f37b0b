import { dirname } from 'path/posix';
import { Change, Head, ReadFile } from './commit';
import { ManagedFile, RepositoryFilesProperties, SeededFile } from './properties';
import { readValue, replaceValue } from './yaml-value';

/** What one request of CloudFormation changes, before anything of the repository is known. */
export interface Plan {
  readonly managed: readonly ManagedFile[];
  /** Seeds that are looked for on this request. */
  readonly seeded: readonly Seed[];
  /** Managed files that the construct no longer has. */
  readonly removed: readonly ManagedFile[];
  readonly confirmedRemovals: readonly string[];
  readonly message: string;
}

export interface Seed extends SeededFile {
  /**
   * Whether the file's folder says that the team has it already.
   *
   * A stack that is created on a repository that outlived another stack must not bring back what the team deleted there.
   */
  readonly onlyInNewFolder: boolean;
}

/** A new resource: all managed files, and the seeds of folders that are not there yet. */
export function planCreate(properties: RepositoryFilesProperties): Plan {
  return { ...properties, removed: [], seeded: properties.seeded.map((file) => ({ ...file, onlyInNewFolder: true })) };
}

/**
 * A changed resource: all managed files, and only the seeds that the request before did not have.
 *
 * So a seed that the team deleted comes back neither with an unrelated change nor when its whole folder is gone.
 */
export function planUpdate(properties: RepositoryFilesProperties, earlier: RepositoryFilesProperties): Plan {
  const paths = new Set([...properties.managed, ...properties.seeded].map(({ path }) => path));
  const seededBefore = new Set(earlier.seeded.map(({ path }) => path));
  return {
    ...properties,
    removed: earlier.managed.filter(({ path }) => !paths.has(path)),
    seeded: properties.seeded.filter(({ path }) => !seededBefore.has(path)).map((file) => ({ ...file, onlyInNewFolder: false })),
  };
}

/** A deleted resource: its managed files go, seeds stay. Nobody is left to ask for a confirmation. */
export function planDelete(properties: RepositoryFilesProperties): Plan {
  return { ...properties, managed: [], seeded: [], removed: properties.managed.map((file) => ({ ...file, protected: false })) };
}

/** The plan as a change of what the repository holds; call the result once for each commit that it may build on. */
export function changeOf(plan: Plan): (read: ReadFile, head: Head) => Promise<Change> {
  let seeds: readonly SeededFile[] = [];
  return async (read, head) => {
    await assertConfirmed(plan, read);
    // later parts of one change find folders that its first part made
    if (!head.continued) { seeds = await wantedSeeds(plan.seeded, head); }
    const managed = await Promise.all(plan.managed.map((file) => withKeptValues(file, read)));
    const missing = await Promise.all(seeds.map(async (file) => await read(file.path) === undefined ? [file] : []));
    return { put: [...managed, ...missing.flat()], delete: plan.removed.map(({ path }) => path), message: plan.message };
  };
}

async function wantedSeeds(seeds: readonly Seed[], head: Head): Promise<Seed[]> {
  const folders = new Map<string, Promise<boolean>>();
  const exists = (folder: string) => {
    const known = folders.get(folder) ?? head.hasFolder(folder);
    folders.set(folder, known);
    return known;
  };
  const wanted = seeds.map(async (seed) => head.commitId && seed.onlyInNewFolder && await exists(folderOf(seed.path)) ? [] : [seed]);
  return (await Promise.all(wanted)).flat();
}

function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? '/' : folder;
}

/** The construct's content, with what others wrote into its places for that. */
async function withKeptValues(file: ManagedFile, read: ReadFile): Promise<SeededFile> {
  const current = file.keep.length > 0 ? await read(file.path) : undefined;
  if (current === undefined) { return { path: file.path, content: file.content }; }
  const content = file.keep.reduce((text, path) => {
    const kept = readValue(current, path);
    return kept === undefined ? text : replaceValue(text, path, kept);
  }, file.content);
  return { path: file.path, content };
}

async function assertConfirmed(plan: Plan, read: ReadFile): Promise<void> {
  const asking = plan.removed.filter((file) => file.protected && !plan.confirmedRemovals.includes(file.path));
  const used = (await Promise.all(asking.map(async (file) => isUsed(file, await read(file.path)) ? [file.path] : []))).flat();
  if (used.length > 0) {
    throw new Error(`Removing ${used.join(', ')} would delete the environment with its namespace and volumes; `
      + 'confirm it by naming the environment in removedEnvironments, or add the environment again.');
  }
}

/**
 * Whether somebody wrote into a file's kept values, which is to say that something was released there.
 *
 * An environment that was only just added can go without a question; else the roll-back of a failed
 * deployment, which takes it away again, would fail as well.
 */
function isUsed(file: ManagedFile, current: string | undefined): boolean {
  if (current === undefined) { return false; }
  return file.keep.length === 0 || file.keep.some((path) => readValue(current, path) !== readValue(file.content, path));
}

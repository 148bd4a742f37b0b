/** Thrown for a path that a repository must not get. */
export class RepositoryPathError extends Error {
  public override readonly name = 'RepositoryPathError';
}

const SEGMENT = /^[A-Za-z0-9._@+-]+$/;
/** CodeCommit's own limit. */
const LONGEST = 4096;

/** What is wrong with a path in a repository, or undefined for a good one. */
export function invalidPathReason(path: unknown): string | undefined {
  if (typeof path !== 'string' || path === '') { return 'a path must not be empty'; }
  if (path.length > LONGEST) { return `a path may have at most ${LONGEST} characters`; }
  for (const segment of path.split('/')) {
    if (segment === '') { return 'a path is relative to the repository and has one slash between names'; }
    if (segment === '.' || segment === '..') { return 'a path must not contain "." or ".."'; }
    // Git refuses to check out any spelling of it on file systems that fold case or drop trailing dots
    if (/^\.git\.*$/i.test(segment)) { return 'a path must not lead into ".git"'; }
    if (!SEGMENT.test(segment)) { return 'names in a path may contain letters, digits and . _ @ + - only'; }
  }
  return undefined;
}

/** Throws for a path that is not a plain relative path inside the repository. */
export function assertRepositoryPath(path: unknown): asserts path is string {
  const reason = invalidPathReason(path);
  if (reason) {
    throw new RepositoryPathError(`${JSON.stringify(path)} cannot be a file's path in a repository: ${reason}.`);
  }
}

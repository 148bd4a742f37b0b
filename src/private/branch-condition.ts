/**
 * Limits a statement about commits to one branch of its repository.
 *
 * The first request of a push names no branch yet, and the second is judged by those that it names.
 */
export function onBranch(branch: string): { [operator: string]: { [key: string]: string } } {
  return { StringEqualsIfExists: { 'codecommit:References': `refs/heads/${branch}` } };
}

/**
 * Limits a statement about commits to one branch of its repository.
 *
 * A push may name several references, all of which count. Its first request names none yet, and is judged again with them.
 */
export function onBranch(branch: string): { [operator: string]: { [key: string]: string } } {
  return { 'ForAllValues:StringEquals': { 'codecommit:References': `refs/heads/${branch}` } };
}

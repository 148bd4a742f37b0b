import { Repository } from './repository';

/** A commit as CodeCommit's API shows it */
export async function describeCommit(repository: Repository, commitId: string): Promise<any> {
  const raw = await repository.raw(commitId);
  const end = raw.indexOf('\n\n');
  const headers = raw.slice(0, end).split('\n');
  const field = (name: string) => headers.filter(line => line.startsWith(`${name} `)).map(line => line.slice(name.length + 1));
  return {
    commitId,
    treeId: field('tree')[0],
    parents: field('parent'),
    message: raw.slice(end + 2),
    author: person(field('author')[0]),
    committer: person(field('committer')[0]),
    additionalData: '',
  };
}

function person(line: string): { name: string; email: string; date: string } {
  const [, name, email, date] = /^(.*) <(.*)> (\d+ [+-]\d{4})$/.exec(line)!;
  return { name, email, date };
}

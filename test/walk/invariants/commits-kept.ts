import { type Invariant } from '../history';

/** No commit of a person is lost, and what it said is there unless a person changed it again. */
export const commitsKept: Invariant = {
  name: 'no commit of a person is lost',
  check: ({ personCommits, reachable, files }) => {
    const lost = personCommits.filter(({ id }) => !reachable.has(id))
      .map(({ id }) => `the commit ${id.slice(0, 8)} of a person is not in main's history`);
    const last = new Map(personCommits.flatMap(({ id, files: written }) => (
      Object.entries(written).map(([path, content]) => [path, { id, content }]))));
    const changed = [...last].flatMap(([path, { id, content }]) => withoutImage(files[path]) === withoutImage(content)
      ? [] : [`${path} is not as the commit ${id.slice(0, 8)} of a person left it; it is now ${JSON.stringify(files[path])}`]);
    return [...lost, ...changed];
  },
};

/** Promotions change the image's lines, and nothing else. */
function withoutImage(content: string | undefined): string | undefined {
  return content?.replace(/^( *(?:- )?(?:digest|newName|cdk-gitops-pipeline\/released)): .*$/gm, '$1: …');
}

import { TRAILER, trailersOf } from '../../../src/delivery/deploy-handler/commit-message';
import { type ActionRun, type EnvironmentName, type History, short } from '../history';

/** Something that decided what an environment shall run from then on */
export interface Claim {
  readonly digest: string;
  readonly time: number;
  /** `nobody` where no person and no deployment is known for it. */
  readonly by: 'person' | 'promotion' | 'put back' | 'nobody';
  /** How it is recorded, e.g. `commit 1a2b3c4d`. */
  readonly what: string;
  /** The execution that promoted or put back. */
  readonly execution?: string;
}

/** Every decision about an environment in its order: from Git's history, or from the tags where those are followed. */
export function claims(history: History, environment: EnvironmentName): Claim[] {
  const all = environment === 'production' ? ofCommits(history, environment) : ofTags(history, environment);
  return all.filter(({ digest }, index) => digest !== all[index - 1]?.digest);
}

/** The deployments to an environment that have ended, the last one last. */
export function deployments({ runs }: History, environment: EnvironmentName): ActionRun[] {
  return runs.filter(({ stage, status }) => stage === environment && (status === 'Succeeded' || status === 'Failed'))
    .sort((a, b) => a.ended - b.ended);
}

function ofCommits({ main, personCommits }: History, environment: EnvironmentName): Claim[] {
  const persons = new Set(personCommits.map(({ id }) => id));
  return main.flatMap(({ id, time, message, digests }, index) => {
    const digest = digests[environment];
    if (digest === undefined || digest === main[index - 1]?.digests[environment]) return [];
    const trailers = trailersOf(message);
    const by = persons.has(id) ? 'person' : !trailers[TRAILER.EXECUTION] ? 'nobody' : trailers[TRAILER.PUT_BACK] ? 'put back' : 'promotion';
    return [{ digest, time, by, what: `commit ${id.slice(0, 8)}`, execution: trailers[TRAILER.EXECUTION] }];
  });
}

/** A tag names no execution, but only one deployment at a time is in an environment's stage. */
function ofTags(history: History, environment: EnvironmentName): Claim[] {
  return history.tags.filter((tag) => tag.environment === environment).sort((a, b) => a.time - b.time).map(({ digest, time }) => {
    const run = deployments(history, environment).find(({ started, ended }) => started <= time && time <= ended);
    const by = !run ? 'nobody' : run.digest === digest ? 'promotion' : 'put back';
    return { digest, time, by, what: `the tag of ${new Date(time).toISOString()} on ${short(digest)}`, execution: run?.execution };
  });
}

import { type Invariant, short } from '../history';

/** Production never ran a digest that was not approved for it. */
export const approvedDigest: Invariant = {
  name: 'production never ran a digest that was not approved for it',
  check: ({ sightings, approvals, runs }) => sightings.filter(({ environment }) => environment === 'production').flatMap(({ digest, time, object }) => {
    const builtBy = runs.filter((run) => run.stage === 'build' && run.digest === digest).map(({ execution }) => execution);
    const given = approvals.filter(({ execution }) => builtBy.includes(execution)).map((approval) => approval.time);
    if (given.length === 0) return [`${object} in production named ${short(digest)}, which nobody ever approved`];
    const late = Math.min(...given) - time;
    return late > 0 ? [`${object} in production named ${short(digest)} ${late / 1000} s before it was approved`] : [];
  }),
};

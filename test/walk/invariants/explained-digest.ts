import { type Invariant, short } from '../history';

/** The infrastructure repository's history explains every digest that ever ran. */
export const explainedDigest: Invariant = {
  name: 'the infrastructure repository\'s history explains every digest that ever ran',
  check: ({ sightings, main }) => sightings.flatMap(({ environment, digest, time, object }) => {
    const commits = main.filter(({ digests }) => digests[environment] === digest);
    if (commits.length === 0) return [`${object} in ${environment} named ${short(digest)}, and no commit of main ever did`];
    const late = commits[0].time - time;
    return late > 0 ? [`${object} in ${environment} named ${short(digest)} ${late / 1000} s before commit ${commits[0].id.slice(0, 8)} did`] : [];
  }),
};

import { type Claim, claims, deployments } from './claims';
import { type EnvironmentName, ENVIRONMENTS, type History, type Invariant, short } from '../history';

/** The one reason for which a deployment that failed may leave its digest where it is. */
const STAYS = /there is nothing to go back to/;

/** Each environment runs the newest digest promoted to it, or the one put back, or what a person committed after. */
export const newestDigest: Invariant = {
  name: 'each environment runs the newest digest promoted to it, or the one put back, or what a person committed after',
  check: (history) => ENVIRONMENTS.flatMap((environment) => [
    ...lastClaim(history, environment),
    ...putBacks(history, environment),
    ...running(history, environment),
  ].map((violation) => `${environment}: ${violation}`)),
};

function lastClaim(history: History, environment: EnvironmentName): string[] {
  const last = claims(history, environment).at(-1);
  const named = history.main.at(-1)?.digests[environment];
  if (!last) return named ? [`the overlay names ${short(named)}, which nothing ever promoted`] : [];
  const newest = deployments(history, environment).filter(({ status }) => status === 'Succeeded').at(-1);
  return [
    ...named === last.digest ? [] : [`the overlay names ${short(named)}, and the newest promotion is ${last.what} of ${short(last.digest)}`],
    ...outcome(history, environment, last),
    // the deployment that succeeded promoted it, or found it there
    ...newest && newest.digest !== last.digest && last.time < newest.started - 1000
      ? [`the deployment of ${short(newest.digest)} by execution ${newest.execution} succeeded, and yet ${last.what} of ${short(last.digest)} from before is the newest`] : [],
  ];
}

/** What was decided last must agree with what the pipeline told about it. */
function outcome(history: History, environment: EnvironmentName, { by, what, digest, execution }: Claim): string[] {
  const run = deployments(history, environment).filter((one) => one.execution === execution).at(-1);
  switch (by) {
    case 'person': return [];
    case 'nobody': return [`${what} set ${short(digest)}, and neither a person nor a deployment is known for it`];
    case 'promotion':
      if (!run) return [`${what} promoted ${short(digest)}, and its execution ${execution} never said how that ended`];
      return run.status === 'Succeeded' || STAYS.test(run.reason ?? '')
        ? [] : [`${what} promoted ${short(digest)}, whose deployment failed and was not put back: ${run.reason}`];
    case 'put back':
      return run?.status === 'Failed' ? [] : [`${what} put ${short(digest)} back, and yet execution ${execution} says that its deployment ${run?.status ?? 'never ended'}`];
  }
}

/** What is put back is what ran before, and never over what came meanwhile. */
function putBacks(history: History, environment: EnvironmentName): string[] {
  const all = claims(history, environment);
  return all.flatMap(({ by, what, digest, execution }, index) => {
    if (by !== 'put back') return [];
    const [before, over] = [all[index - 2], all[index - 1]];
    const digests = deployments(history, environment).filter((run) => run.execution === execution).map((run) => run.digest);
    return [
      ...digests.includes(over?.digest) ? [] : [`${what} put ${short(digest)} back over ${short(over?.digest)}, which is not what its execution ${execution} had promoted`],
      ...before?.digest === digest ? [] : [`${what} put ${short(digest)} back, and ${short(before?.digest)} was to run before`],
    ];
  });
}

function running(history: History, environment: EnvironmentName): string[] {
  const { digest, ready, wanted, broken } = history.running[environment];
  const named = history.main.at(-1)?.digests[environment];
  if (digest !== named) return [`the Deployment names ${short(digest)}, and Git says ${short(named)}`];
  if (digest === undefined || broken) return [];
  const right = ready.filter((one) => one === digest).length;
  return right === wanted && ready.length === wanted
    ? [] : [`${right} of ${wanted} pods run ${short(digest)}${ready.length > right ? `, and ${ready.length - right} run something else` : ''}`];
}

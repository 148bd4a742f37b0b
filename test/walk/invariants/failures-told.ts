import { type Invariant } from '../history';

/** What an error looks like that was not written for a person. */
const MACHINE = /\n|\bundefined\b|\bNaN\b|\[object |^\s*at /;

/** Every failed execution says why in one sentence. */
export const failuresTold: Invariant = {
  name: 'every failed execution says why in one sentence',
  check: ({ executions, runs }) => [
    ...executions.filter(({ status, reasons }) => status === 'Failed' && reasons.length === 0).map(({ id }) => `execution ${id} failed, and none of its actions did`),
    // also of actions that were run again later, which the list of executions no longer shows
    ...runs.filter(({ status }) => status === 'Failed').flatMap((run) => unclear(run.action, run.reason).map((what) => `${run.stage}/${run.action} of execution ${run.execution} ${what}`)),
    ...executions.flatMap(({ id, reasons }) => reasons.filter((reason) => !reason).map(() => `execution ${id} failed without a reason`)),
  ],
};

function unclear(action: string, reason: string | undefined): string[] {
  if (!reason?.trim()) return ['failed without a reason'];
  if (MACHINE.test(reason)) return [`failed with what is no sentence: ${JSON.stringify(reason)}`];
  // the words of people and of the build are theirs
  return action === 'Deploy' && !/\w.*\.$/.test(reason) ? [`failed with half a sentence: ${JSON.stringify(reason)}`] : [];
}

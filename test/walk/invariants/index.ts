import { approvedDigest } from './approved-digest';
import { callsAllowed } from './calls-allowed';
import { commitsKept } from './commits-kept';
import { explainedDigest } from './explained-digest';
import { failuresTold } from './failures-told';
import { imagesKept } from './images-kept';
import { newestDigest } from './newest-digest';
import type { Invariant } from '../history';

/** What must hold whenever everything is at rest, whatever happened before */
export const INVARIANTS: readonly Invariant[] = [
  newestDigest, approvedDigest, commitsKept, explainedDigest, imagesKept, failuresTold, callsAllowed,
];

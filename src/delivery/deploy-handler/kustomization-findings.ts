import { condition } from './condition';
import { Finding } from './finding';
import { oneLine } from './refusal';
import { KubernetesObject } from '../../kubernetes/kubernetes-api';

/** Whether the overlay of a revision names the digest that is waited for. */
export interface Revisions {
  /** The revision that Flux applied last. */
  readonly applied: boolean;
  /** The revision that Flux tried last. */
  readonly attempted: boolean;
}

/** Reasons for which Flux gives up a revision, rather than waiting for something. */
const FAILURES = new Set(['BuildFailed', 'ReconciliationFailed', 'PruneFailed', 'HealthCheckFailed', 'InvalidCELExpression']);

/** Refusals that may be over when Flux tries again, 30 seconds later. */
const PASSING = /timeout|timed out|deadline exceeded|connection refused|connection reset|no such host|failed calling webhook|EOF|etcdserver|too many requests|try again|conflict/i;

/** A build is read from Git and fails again; it is looked at twice since a newer revision may already be on its way. */
const FATAL_AFTER = 10;
/** Long enough for a second try. */
const PASSING_FATAL_AFTER = 40;

/** What Flux says about a revision that is not applied. */
export function kustomizationFindings(kustomization: KubernetesObject | undefined, name: string, revisions: Revisions): Finding[] {
  if (!kustomization) {
    return [{ reason: `the Kustomization flux-system/${name} is not in the cluster yet` }];
  }
  if (revisions.applied && revisions.attempted) { return []; }
  if (kustomization.spec?.suspend) {
    return [{ reason: `the Kustomization flux-system/${name} is suspended, so Flux applies nothing ("flux resume kustomization ${name}" ends that)`, fatalAfter: 0 }];
  }
  const ready = condition(kustomization, 'Ready');
  const told = `${ready?.reason ?? 'Unknown'}: ${oneLine(ready?.message ?? '', 400)}`;
  if (ready?.status === 'False' && FAILURES.has(ready.reason) && revisions.attempted) {
    return [{
      reason: `Flux cannot apply it: ${told}`,
      key: `flux ${ready.reason}`,
      fatalAfter: PASSING.test(ready.message ?? '') ? PASSING_FATAL_AFTER : FATAL_AFTER,
    }];
  }
  return [{ reason: ready?.status === 'False' ? `Flux has not applied it yet (${told})` : 'Flux has not applied it yet' }];
}

/** The commit of a Flux revision such as `main@sha1:<commit>`. */
export function commitOf(revision: string | undefined): string | undefined {
  return revision?.match(/sha(?:1|256):([0-9a-f]+)$/)?.[1];
}

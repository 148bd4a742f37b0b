import type { Waiting } from './waiting';
import type { CustomResourceLogger } from '../../custom-resource-handler/run-custom-resource';
import type { KubernetesApi, KubernetesObject } from '../../kubernetes/kubernetes-api';
import { MANAGED_BY_LABELS } from '../manifests/names';

/** What every step works with. */
export interface BootstrapContext {
  readonly api: KubernetesApi;
  readonly waiting: Waiting;
  readonly logger: CustomResourceLogger;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** How long each step may take; an invocation has 15 minutes, all of them together CloudFormation's hour. */
export const LIMITS = {
  /** A new access entry is known to the API server after some seconds. */
  access: 3 * MINUTE,
  terminatingNamespace: 5 * MINUTE,
  established: 2 * MINUTE,
  /** Images are pulled by nodes that have only just joined. */
  available: 10 * MINUTE,
  /** A pod without credentials is replaced after this. */
  syncBeforeRestart: MINUTE,
  sync: 5 * MINUTE,
  unused: 2 * MINUTE,
  /** Load balancers and volumes take minutes, but always move. */
  pruneWithoutProgress: 10 * MINUTE,
  prune: 35 * MINUTE,
  removed: 3 * MINUTE,
  unreachable: 2 * MINUTE,
  total: 45 * MINUTE,
  /** Left in an invocation to start the next one and to end. */
  handOver: 90 * SECOND,
} as const;

/** Whether this package's label is on it. */
export function isOurs(object: KubernetesObject): boolean {
  return Object.entries(MANAGED_BY_LABELS).every(([label, value]) => object.metadata.labels?.[label] === value);
}

/** `a, b, c and 4 more`, for messages that must stay short. */
export function summary(items: string[], shown = 3): string {
  return items.length > shown ? `${items.slice(0, shown).join(', ')} and ${items.length - shown} more` : items.join(', ');
}

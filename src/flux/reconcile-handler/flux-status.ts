import type { KubernetesObject } from '../../kubernetes/kubernetes-api';

/** What a Flux object says about itself, of what matters here. */
export interface FluxStatus {
  readonly suspended: boolean;
  /** The request that was handled last, also when handling it failed. */
  readonly handledRequest?: string;
  readonly ready: boolean;
  /** Why it is not ready, in Flux's words. */
  readonly message?: string;
  /** GitRepository: `main@sha1:<commit>`. */
  readonly revision?: string;
  /** ImageRepository: when the registry was read last, to the second. */
  readonly scanTime?: string;
  /** ImageRepository: a few of the tags that were found. */
  readonly latestTags: readonly string[];
}

export function fluxStatus({ spec, status }: KubernetesObject): FluxStatus {
  const ready = status?.conditions?.find((condition: { type: string }) => condition.type === 'Ready');
  return {
    suspended: spec?.suspend === true,
    handledRequest: status?.lastHandledReconcileAt,
    ready: ready?.status === 'True',
    message: ready?.status === 'True' ? undefined : ready?.message,
    revision: status?.artifact?.revision,
    scanTime: status?.lastScanResult?.scanTime,
    latestTags: status?.lastScanResult?.latestTags ?? [],
  };
}

import { BootstrapContext } from './context';
import { KubernetesError, KubernetesUnreachable } from '../../kubernetes/kubernetes-api';
import { FLUX_NAMESPACE } from '../manifests/names';

/** Refused for who asks, which a new access entry's few seconds also look like. */
const NOT_YET_ADMITTED = [401, 403];

/** Waits until the API server answers and knows this function's role; gives what it said last if it never does. */
export function reachCluster({ api, waiting }: BootstrapContext, timeoutMs: number): Promise<string | undefined> {
  return waiting.until(async () => {
    try {
      await api.get({ apiVersion: 'v1', kind: 'Namespace', name: FLUX_NAMESPACE });
      return undefined;
    } catch (error) {
      if (error instanceof KubernetesUnreachable || (error instanceof KubernetesError && NOT_YET_ADMITTED.includes(error.code))) {
        return error.message;
      }
      throw error;
    }
  }, { timeoutMs, everyMs: 3_000 });
}

import { BootstrapContext, LIMITS } from './context';
import { restartWithoutCredentials } from './pod-identity';
import { isStalled, syncProblem } from './readiness';
import { BootstrapRequest } from './request';
import { describe, KubernetesObject, ObjectRef } from '../../kubernetes/kubernetes-api';
import { REQUESTED_AT_ANNOTATION } from '../manifests/names';

/** Asks Flux to reconcile the sources and Kustomizations, and waits until it has; fails with Flux's own words. */
export async function waitForSync(context: BootstrapContext, request: BootstrapRequest, deployments: KubernetesObject[],
  waitForAvailable: (deployments: KubernetesObject[]) => Promise<void>): Promise<void> {
  const { api, waiting, logger } = context;
  const requestedAt = new Date(waiting.clock.now()).toISOString();
  const refs: ObjectRef[] = [];
  for (const ref of request.sync) {
    if ((await api.annotate(ref, { [REQUESTED_AT_ANNOTATION]: requestedAt })).spec?.suspend) {
      logger.info(`${describe(ref)} is suspended, so nobody waits for it`);
    } else {
      refs.push(ref);
    }
  }

  const probe = async () => {
    for (const ref of refs) { // a Kustomization's problem is often only its source's
      const object = await api.get(ref);
      const problem = syncProblem(ref, object, requestedAt);
      if (problem && isStalled(object)) {
        throw new Error(`Flux cannot deliver: ${problem}`);
      }
      if (problem) {
        return problem;
      }
    }
    return undefined;
  };

  if (await waiting.until(probe, { timeoutMs: LIMITS.syncBeforeRestart }) === undefined) {
    return;
  }
  await waitForAvailable(await restartWithoutCredentials(context, deployments, request.associations));
  const problem = await waiting.until(probe, { timeoutMs: LIMITS.sync - LIMITS.syncBeforeRestart });
  if (problem !== undefined) {
    throw new Error(`Flux cannot deliver: ${problem}`);
  }
}

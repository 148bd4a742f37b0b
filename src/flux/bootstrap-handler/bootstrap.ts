import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { BootstrapContext, LIMITS } from './context';
import { install } from './install';
import { remove } from './remove';
import { parseRequest } from './request';
import { Interrupted, Waiting } from './waiting';
import {
  ANSWERED_LATER, CustomResourceHandlers, CustomResourceLogger, CustomResourceOutcome, physicalResourceIdOf,
} from '../../custom-resource-handler/run-custom-resource';
import type { KubernetesApi, KubernetesObject } from '../../kubernetes/kubernetes-api';
import { Clock, systemClock } from '../../kubernetes/retry';

/** CloudFormation's event, and, in a further invocation, when the first one began. */
export type BootstrapEvent = CloudFormationCustomResourceEvent & { StartedAt?: number };

export interface BootstrapDependencies {
  /** Flux's install manifests, with all of its controllers. */
  readonly manifests: KubernetesObject[];
  readonly connect: () => KubernetesApi;
  readonly logger: CustomResourceLogger;
  /** What the function has left, in milliseconds. */
  readonly remainingMs: () => number;
  /** Starts a further invocation with this event. */
  readonly continueLater: (event: BootstrapEvent) => Promise<void>;
  readonly clock?: Clock;
}

/** The custom resource that is Flux in a cluster. */
export function bootstrapHandlers(dependencies: BootstrapDependencies): CustomResourceHandlers {
  const installs = (event: BootstrapEvent) => withinTime(dependencies, event, (context) =>
    install(context, dependencies.manifests, parseRequest(event.ResourceProperties), { owner: physicalResourceIdOf(event), stack: event.StackId }));
  return {
    create: installs,
    update: installs,
    delete: (event) => withinTime(dependencies, event, (context, startedAt) => remove(context, event.PhysicalResourceId, startedAt)),
  };
}

/** Runs the work, and hands it over to a further invocation when it takes longer than this one may. */
async function withinTime(dependencies: BootstrapDependencies, event: BootstrapEvent,
  work: (context: BootstrapContext, startedAt: number) => Promise<string | undefined>): Promise<CustomResourceOutcome> {
  const { clock = systemClock, connect, continueLater, logger, remainingMs } = dependencies;
  const startedAt = startOf(event, clock.now());
  const waiting = new Waiting(clock, clock.now() + remainingMs() - LIMITS.handOver);
  try {
    const reason = await work({ api: connect(), waiting, logger }, startedAt);
    return reason ? { reason } : {};
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      throw error;
    }
    if (clock.now() - startedAt >= LIMITS.total) {
      throw new Error(`Not done after ${LIMITS.total / 60_000} minutes: still waiting for ${error.waitingFor}`);
    }
    logger.info(error.message);
    await continueLater({ ...event, StartedAt: startedAt });
    return ANSWERED_LATER;
  }
}

/** When the first invocation began: never later than now, so that no request goes on for ever. */
function startOf({ StartedAt }: BootstrapEvent, now: number): number {
  return typeof StartedAt === 'number' && StartedAt < now ? StartedAt : now;
}

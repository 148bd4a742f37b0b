import { eventTarget, ReconcileScope } from './event-target';
import { reconcile, ReconcileOptions } from './reconcile';
import { describe } from '../../kubernetes/kubernetes-api';

/** The part of a logger that is used here. */
export interface ReconcileLogger {
  info(message: string, extra: Record<string, unknown>): void;
  warn(message: string, extra: Record<string, unknown>): void;
}

export interface HandleEventOptions extends ReconcileOptions {
  readonly scope: ReconcileScope;
  readonly logger: ReconcileLogger;
}

/**
 * Passes one event on to Flux.
 *
 * Events come more than once and in any order; a request is harmless then. What another try would not mend is
 * logged and done with; what it might mend is thrown, so that Lambda tries again and then keeps the event.
 */
export async function handleEvent(event: unknown, options: HandleEventOptions): Promise<void> {
  const { scope, logger } = options;
  const id = eventId(event);
  const target = eventTarget(event, scope);
  if (target.type === 'refused') {
    logger.warn(`Event refused: ${target.reason}`, { eventId: id });
    return;
  }
  const outcome = await reconcile(target, options);
  const log = outcome === 'reconciled' ? logger.info.bind(logger) : logger.warn.bind(logger);
  log(`${describe(target.ref)}: ${outcome}`, { eventId: id, ...(target.type === 'commit' ? { commitId: target.commitId } : { tag: target.tag }) });
}

/** What a function answers for, from its environment and its own ARN. */
export function reconcileScope(environment: NodeJS.ProcessEnv, functionArn: string): ReconcileScope {
  const [, , , region, account] = functionArn.split(':');
  const required = (name: string) => {
    const value = environment[name];
    if (!value) { throw new Error(`The environment variable ${name} is not set: the handler does not know which events are its own`); }
    return value;
  };
  return {
    account,
    region,
    infrastructureRepository: required('INFRASTRUCTURE_REPOSITORY'),
    infrastructureBranch: required('INFRASTRUCTURE_BRANCH'),
    imageRepositoriesPrefix: environment.IMAGE_REPOSITORIES_PREFIX ?? '',
    imageRepositories: JSON.parse(environment.IMAGE_REPOSITORIES || '{}'),
  };
}

function eventId(event: unknown): string | undefined {
  const id = (event as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : undefined;
}

import { createHash } from 'crypto';
import type {
  CloudFormationCustomResourceCreateEvent, CloudFormationCustomResourceDeleteEvent, CloudFormationCustomResourceEvent,
  CloudFormationCustomResourceUpdateEvent, Context,
} from 'aws-lambda';
import { parseCustomResourceRequest } from './parse-request';
import { CustomResourceAnswer, respond } from './respond';

export interface CustomResourceResult {
  /** By default the one that the resource has, or one made of the stack and the logical id. */
  readonly physicalResourceId?: string;
  readonly data?: Record<string, string>;
  /** What a reader of the stack's events should know although it went well. */
  readonly reason?: string;
}

/** A further invocation will answer. */
export const ANSWERED_LATER = 'answered later';

export type CustomResourceOutcome = CustomResourceResult | typeof ANSWERED_LATER;

export interface CustomResourceHandlers {
  create(event: CloudFormationCustomResourceCreateEvent): Promise<CustomResourceOutcome>;
  update(event: CloudFormationCustomResourceUpdateEvent): Promise<CustomResourceOutcome>;
  /** An error is logged and answered as a success: a resource that cannot be deleted would block its stack. */
  delete(event: CloudFormationCustomResourceDeleteEvent): Promise<CustomResourceOutcome>;
}

/** The part of a logger that is used here. */
export interface CustomResourceLogger {
  info(message: string, ...extra: any[]): void;
  error(message: string, ...extra: any[]): void;
}

export interface RunCustomResourceOptions {
  readonly logger: CustomResourceLogger;
  readonly respond?: typeof respond;
}

/** Enough to send the answer, retries included. */
const ANSWER_TIME_MS = 12_000;

/** What of Lambda's context is used. */
export type CustomResourceContext = Pick<Context, 'getRemainingTimeInMillis' | 'invokedFunctionArn'>;

/**
 * Runs the handler for the request and answers CloudFormation in every case, in time.
 *
 * What is no request of CloudFormation is logged and done with: thrown, it would make Lambda try what cannot change.
 */
export async function runCustomResource(event: unknown, context: CustomResourceContext,
  handlers: CustomResourceHandlers, options: RunCustomResourceOptions): Promise<void> {
  const { logger } = options;
  const send = options.respond ?? respond;
  const request = parseCustomResourceRequest(event, context.invokedFunctionArn);
  if (request.kind !== 'accepted') {
    logger.error(`Request refused: ${request.reason}`);
    return request.kind === 'refused' ? send(request.event, refusal(request.event, request.reason)) : undefined;
  }
  const { RequestType, LogicalResourceId, RequestId } = request.event;
  logger.info(`${RequestType} of ${LogicalResourceId}`, { requestId: RequestId });

  const answer = await outcomeOf(request.event, context, handlers, logger);
  if (answer === ANSWERED_LATER) {
    logger.info(`${RequestType} of ${LogicalResourceId} goes on in a further invocation`);
    return;
  }
  logger.info(`${RequestType} of ${LogicalResourceId}: ${answer.status}`, { reason: answer.reason });
  await send(request.event, answer);
}

async function outcomeOf(event: CloudFormationCustomResourceEvent, context: CustomResourceContext,
  handlers: CustomResourceHandlers, logger: CustomResourceLogger): Promise<CustomResourceAnswer | typeof ANSWERED_LATER> {
  const physicalResourceId = physicalResourceIdOf(event);
  try {
    const outcome = await inTime(handle(event, handlers), context.getRemainingTimeInMillis() - ANSWER_TIME_MS);
    return outcome === ANSWERED_LATER ? outcome : { status: 'SUCCESS', physicalResourceId, ...outcome };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger.error(`${event.RequestType} of ${event.LogicalResourceId} failed: ${reason}`, error instanceof Error ? error : { error });
    return refusal(event, reason);
  }
}

function refusal(event: CloudFormationCustomResourceEvent, reason: string): CustomResourceAnswer {
  const physicalResourceId = physicalResourceIdOf(event);
  return event.RequestType === 'Delete'
    ? { status: 'SUCCESS', physicalResourceId, reason: `Left behind, since deletion must not block the stack: ${reason}` }
    : { status: 'FAILED', physicalResourceId, reason };
}

async function handle(event: CloudFormationCustomResourceEvent, handlers: CustomResourceHandlers): Promise<CustomResourceOutcome> {
  switch (event.RequestType) {
    case 'Create': return handlers.create(event);
    case 'Update': return handlers.update(event);
    case 'Delete': return handlers.delete(event);
  }
}

async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The function\'s time was over before the work was done; see its log for how far it got')), milliseconds);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Stays the same over updates and retries, and differs between two resources, even in one stack. */
export function physicalResourceIdOf(event: CloudFormationCustomResourceEvent): string {
  if (event.RequestType !== 'Create' && event.PhysicalResourceId) {
    return event.PhysicalResourceId;
  }
  return `${event.LogicalResourceId}-${createHash('sha256').update(event.StackId).digest('hex').slice(0, 12)}`;
}

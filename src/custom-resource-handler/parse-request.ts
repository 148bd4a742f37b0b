import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod';

/** A request that can be carried out. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly event: CloudFormationCustomResourceEvent;
}

/** A request that cannot, but whose sender can be told. */
export interface Refused {
  readonly kind: 'refused';
  readonly event: CloudFormationCustomResourceEvent;
  readonly reason: string;
}

/** What nobody can be answered for. */
export interface Unanswerable {
  readonly kind: 'unanswerable';
  readonly reason: string;
}

/** CloudFormation's ids: together they leave room for a reason in an answer of 4096 bytes. */
const id = (maxLength: number) => z.string().max(maxLength).regex(/^[\x21-\x7e]+$/, 'must be printable ASCII');

const answerable = z.looseObject({
  ResponseURL: z.url({ protocol: /^https?$/ }),
  StackId: id(512),
  RequestId: id(128),
  LogicalResourceId: id(255),
});

const physicalId = id(1024);

const request = z.discriminatedUnion('RequestType', [
  z.looseObject({ RequestType: z.literal('Create') }),
  z.looseObject({ RequestType: z.literal('Update'), PhysicalResourceId: physicalId }),
  z.looseObject({ RequestType: z.literal('Delete'), PhysicalResourceId: physicalId }),
], { error: 'must be Create, Update or Delete' });

/**
 * Reads what CloudFormation sends.
 *
 * @param functionArn the function that was invoked, whose account and region a stack must be of
 */
export function parseCustomResourceRequest(event: unknown, functionArn: string): Accepted | Refused | Unanswerable {
  const sender = answerable.safeParse(event);
  if (!sender.success) {
    return { kind: 'unanswerable', reason: `not a request of CloudFormation: ${problems(sender.error, 'event')}` };
  }
  // an id that could not be answered is as good as none
  const PhysicalResourceId = physicalId.safeParse((event as { PhysicalResourceId?: unknown }).PhysicalResourceId).data;
  const answered = { ...event as CloudFormationCustomResourceEvent, PhysicalResourceId } as CloudFormationCustomResourceEvent;
  const refuse = (reason: string): Refused => ({ kind: 'refused', event: answered, reason });
  const parsed = request.safeParse(event);
  if (!parsed.success) { return refuse(`The request is none that CloudFormation makes: ${problems(parsed.error, 'event')}`); }
  const [, partition, , region, account] = functionArn.split(':');
  if (!answered.StackId.startsWith(`arn:${partition}:cloudformation:${region}:${account}:stack/`)) {
    return refuse(`The stack ${answered.StackId} is not of account ${account} in ${region}, which is what this function serves`);
  }
  return { kind: 'accepted', event: answered };
}

function problems(error: z.ZodError, whole: string): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || whole} ${message}`).join('; ');
}

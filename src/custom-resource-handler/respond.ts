import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Clock, retry } from '../kubernetes/retry';

export interface CustomResourceAnswer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason?: string;
  readonly physicalResourceId: string;
  readonly data?: Record<string, string>;
}

export interface RespondOptions {
  readonly clock?: Clock;
  readonly fetch?: typeof fetch;
}

/** CloudFormation ignores a longer answer, and the stack then waits for an hour. */
const MAX_ANSWER_BYTES = 4096;

const RETRY_PAUSES_MS = [200, 500, 1000, 2000, 4000];
const REQUEST_TIMEOUT_MS = 5_000;

/** Sends the answer that CloudFormation waits for. */
export async function respond(event: CloudFormationCustomResourceEvent, answer: CustomResourceAnswer, options: RespondOptions = {}): Promise<void> {
  const body = Buffer.from(answerBody(event, answer));
  const send = options.fetch ?? fetch;
  await retry(async () => {
    // A content type other than the empty one breaks the signature of the URL.
    const response = await send(event.ResponseURL, {
      method: 'PUT', body, headers: { 'content-type': '' }, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (!response.ok) {
      throw new AnswerRefused(`CloudFormation's answer URL said ${response.status}: ${(await response.text()).slice(0, 300)}`, response.status);
    }
  }, {
    pauses: RETRY_PAUSES_MS,
    isTransient: (error) => !(error instanceof AnswerRefused) || error.status >= 500 || error.status === 429,
    clock: options.clock,
  });
}

class AnswerRefused extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

/** The JSON of the answer, its reason cut so that the whole fits. */
export function answerBody(event: CloudFormationCustomResourceEvent, answer: CustomResourceAnswer): string {
  const fields = {
    Status: answer.status,
    PhysicalResourceId: answer.physicalResourceId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    ...(answer.data ? { Data: answer.data } : {}),
  };
  const withReason = (reason?: string) => JSON.stringify({ ...fields, ...(reason ? { Reason: reason } : {}) });
  const bytes = (text: string) => Buffer.byteLength(text);

  if (answer.data && bytes(withReason()) > MAX_ANSWER_BYTES) {
    return answerBody(event, {
      status: 'FAILED',
      physicalResourceId: answer.physicalResourceId,
      reason: `The answer has ${bytes(withReason())} bytes, but CloudFormation takes at most ${MAX_ANSWER_BYTES}`,
    });
  }
  const characters = [...answer.reason ?? (answer.status === 'FAILED' ? 'Failed for an unknown reason, see the function\'s log' : '')];
  let kept = characters.length;
  const shortened = () => kept === characters.length ? characters.join('') : `${characters.slice(0, kept).join('')}…`;
  while (kept > 0 && bytes(withReason(shortened())) > MAX_ANSWER_BYTES) {
    kept = Math.max(0, kept - Math.max(1, Math.ceil((bytes(withReason(shortened())) - MAX_ANSWER_BYTES) / 4)));
  }
  return withReason(shortened());
}

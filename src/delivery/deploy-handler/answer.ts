import { CodePipelineClient, PutJobFailureResultCommand, PutJobSuccessResultCommand } from '@aws-sdk/client-codepipeline';
import { oneLine } from './refusal';
import { encodeState, State } from './state';

export type CodePipeline = Pick<CodePipelineClient, 'send'>;

/** What the pipeline is told. */
export type Told =
  | { readonly kind: 'succeeded'; readonly summary: string; readonly commit?: string }
  | { readonly kind: 'continue'; readonly summary: string; readonly state: State }
  | { readonly kind: 'failed'; readonly message: string };

/** How an invocation ends; `told` where the pipeline has its answer already, or waits for none. */
export type Answer = Told | { readonly kind: 'told'; readonly why: string };

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html allows 5,000; a person reads one sentence. */
const MAX_MESSAGE = 1500;

/** The job was answered already, by an invocation of which this one is a repetition, or its action was stopped. */
const OVER = new Set(['InvalidJobStateException', 'JobNotFoundException']);

/** Answers a job; false when nobody waits for the answer any more. */
export async function putAnswer(client: CodePipeline, jobId: string, answer: Told): Promise<boolean> {
  try {
    if (answer.kind === 'failed') {
      await client.send(new PutJobFailureResultCommand({
        jobId, failureDetails: { type: 'JobFailed', message: oneLine(answer.message, MAX_MESSAGE) },
      }));
    } else {
      await client.send(new PutJobSuccessResultCommand({
        jobId,
        executionDetails: { summary: oneLine(answer.summary, MAX_MESSAGE), ...('commit' in answer ? { externalExecutionId: answer.commit } : {}) },
        ...(answer.kind === 'continue' ? { continuationToken: encodeState(answer.state) } : {}),
      }));
    }
    return true;
  } catch (error) {
    if (error instanceof Error && OVER.has(error.name)) { return false; }
    throw error;
  }
}

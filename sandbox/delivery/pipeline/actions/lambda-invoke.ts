import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { roleCaller } from './role-caller';
import { ACCOUNT, REGION } from '../../../account/constants';
import { AwsError } from '../../../account/contracts';
import { AccountEnds } from '../../account-ends';
import { Caller } from '../../signed-call';
import { ActionContext, ActionFailure, ActionResult, ActionRunner } from '../action-runner';

export interface LambdaInvokeTimings {
  /** Until a function that asked to continue is invoked again. CodePipeline takes about 30 seconds. */
  readonly resumeMilliseconds: number;
  /** What one invocation has for its answer. */
  readonly answerMilliseconds: number;
}

export interface JobSuccess {
  readonly continuationToken?: string;
  readonly outputVariables?: Record<string, string>;
  readonly executionDetails?: { readonly summary?: string; readonly externalExecutionId?: string };
}

export interface JobFailure {
  readonly type: string;
  readonly message: string;
}

interface Job {
  readonly details: object;
  readonly context: ActionContext;
  readonly answer: (answer: JobSuccess | JobFailure) => void;
  answered: boolean;
}

/** CodePipeline waits at most this long for one action. */
const DAY = 24 * 3600_000;

/** Invokes a function for a job, again and again as long as it answers with a continuation token */
export class LambdaInvoke implements ActionRunner {
  private readonly jobs = new Map<string, Job>();

  constructor(private readonly account: AccountEnds, private readonly timings: LambdaInvokeTimings) {}

  public async run(context: ActionContext): Promise<ActionResult> {
    const end = Date.now() + DAY;
    for (let continuationToken: string | undefined; Date.now() < end;) {
      const answer = await this.job(context, continuationToken);
      if ('type' in answer) {
        throw new ActionFailure(answer.type, answer.message);
      }
      const { summary, externalExecutionId } = answer.executionDetails ?? {};
      if (answer.continuationToken === undefined) {
        return { summary, externalExecutionId, variables: answer.outputVariables };
      }
      context.report({ ...(summary !== undefined && { summary }), ...(externalExecutionId && { externalExecutionId }) });
      continuationToken = answer.continuationToken;
      await sleep(this.timings.resumeMilliseconds, undefined, { signal: context.signal });
    }
    throw new ActionFailure('ActionTimedOut', 'The function asked to continue for more than 24 hours.');
  }

  public details(jobId: string): object {
    return this.find(jobId).details;
  }

  public succeed(jobId: string, success: JobSuccess): void {
    this.settle(jobId, success);
  }

  public fail(jobId: string, failure: JobFailure): void {
    this.settle(jobId, failure);
  }

  /** One invocation and its answer; each has a job of its own. */
  private async job(context: ActionContext, continuationToken?: string): Promise<JobSuccess | JobFailure> {
    const id = randomUUID();
    const caller = await roleCaller(this.account, context);
    const details = jobDetails(id, context, caller, continuationToken);
    const timer = new AbortController();
    try {
      return await Promise.race([
        new Promise<JobSuccess | JobFailure>((resolve, reject) => {
          this.jobs.set(id, { details, context, answer: resolve, answered: false });
          this.invoke(caller, context.configuration.FunctionName, { 'CodePipeline.job': details }).catch(reject);
        }),
        sleep(this.timings.answerMilliseconds, undefined, { signal: AbortSignal.any([context.signal, timer.signal]), ref: false }).then(() => {
          throw new ActionFailure('JobTimedOut',
            `The AWS Lambda function ${context.configuration.FunctionName} failed to return a result. Check the function to verify that it has permission to call PutJobSuccessResult and that it made a call to PutJobSuccessResult.`);
        }),
      ]);
    } finally {
      timer.abort();
      this.jobs.get(id)!.answered = true;
    }
  }

  /** Asynchronously, so what the function returns or throws does not matter, and Lambda retries one that throws. */
  private async invoke(caller: Caller, functionName: string, event: object): Promise<void> {
    const client = new LambdaClient({ region: REGION, endpoint: caller.endpointUrl, credentials: caller.credentials });
    try {
      await client.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(event)) }));
    } catch (error) {
      const { name, message } = error as Error;
      throw new ActionFailure(/AccessDenied/.test(name) ? 'PermissionError' : 'ConfigurationError', `Lambda function ${functionName} could not be invoked: ${name}: ${message}`);
    } finally {
      client.destroy();
    }
  }

  private settle(jobId: string, answer: JobSuccess | JobFailure): void {
    const job = this.find(jobId);
    if (job.answered) {
      throw new AwsError('InvalidJobStateException', `The job ${jobId} has its result already.`);
    }
    job.answered = true;
    job.answer(answer);
  }

  private find(jobId: string): Job {
    const job = this.jobs.get(jobId);
    if (!job) {
      throw new AwsError('JobNotFoundException', `There is no job ${jobId}.`);
    }
    return job;
  }
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html */
function jobDetails(id: string, context: ActionContext, caller: Caller, continuationToken?: string): object {
  const { FunctionName, UserParameters } = context.configuration;
  const { encryptionKey } = context.pipeline.artifactStore;
  return {
    id,
    accountId: ACCOUNT,
    data: {
      actionConfiguration: { configuration: { FunctionName, ...(UserParameters !== undefined && { UserParameters }) } },
      inputArtifacts: context.inputs.map(({ name, revision, bucket, key }) => ({
        name, revision: revision ?? null, location: { type: 'S3', s3Location: { bucketName: bucket, objectKey: key } },
      })),
      outputArtifacts: [],
      artifactCredentials: caller.credentials,
      ...(encryptionKey && { encryptionKey: { id: encryptionKey, type: 'KMS' } }),
      ...(continuationToken !== undefined && { continuationToken }),
    },
  };
}

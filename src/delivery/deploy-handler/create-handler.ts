import { Answer, CodePipeline, putAnswer } from './answer';
import { deploy, Log, Services } from './deploy';
import { parseJob, parseJobId } from './parse-job';
import { sentence } from './refusal';

export interface HandlerProps {
  readonly codePipeline: CodePipeline;
  readonly log: Log & { error(message: string, extra: Record<string, unknown>): void; appendKeys(keys: Record<string, string>): void };
  /** Late, so that a failure to reach something is answered, too. */
  readonly services: () => Omit<Services, 'log' | 'window'>;
}

/** What of Lambda's context is used. */
export interface Context {
  getRemainingTimeInMillis(): number;
}

/** An ordinary rollout ends within it, so that the first invocation is the only one. */
const WINDOW = 20_000;
/** What an invocation needs beside watching. */
const RESERVE = 15_000;

/** The whole of an invocation: whatever happens, the job gets its answer. */
export function createHandler({ codePipeline, log, services }: HandlerProps) {
  return async (event: unknown, context: Context): Promise<void> => {
    const jobId = parseJobId(event);
    const answer = await answerOf(event, jobId);
    log.info('answer', { answer });
    if (!await putAnswer(codePipeline, jobId, answer)) {
      log.warn('the job is over, so the answer was not needed', { jobId });
    }

    async function answerOf(job: unknown, id: string): Promise<Answer> {
      try {
        const { request, state } = parseJob(job);
        log.appendKeys({ execution: request.execution, application: request.application, environment: request.environment });
        const window = () => Math.max(0, Math.min(WINDOW, context.getRemainingTimeInMillis() - RESERVE));
        return await deploy(request, state ?? { phase: 'promote', deployment: id, attempts: 0 }, { ...services(), log, window });
      } catch (error) {
        log.error('failed', { error });
        return { kind: 'failed', message: sentence(error) };
      }
    }
  };
}

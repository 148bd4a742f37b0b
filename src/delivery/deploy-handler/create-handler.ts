import { Answer, CodePipeline, putAnswer, Told } from './answer';
import { deploy, Log, Services } from './deploy';
import { parseJob, parseJobId } from './parse-job';
import { Refusal, sentence } from './refusal';

export interface HandlerProps {
  readonly codePipeline: CodePipeline;
  readonly log: Log & { error(message: string, extra: Record<string, unknown>): void; appendKeys(keys: Record<string, string>): void };
  /** Late, so that a failure to reach something is answered, too. */
  readonly services: () => Omit<Services, 'log' | 'window' | 'tell'>;
}

/** What of Lambda's context is used. */
export interface Context {
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

/** An ordinary rollout ends within it, so that the first invocation is the only one. */
const WINDOW = 20_000;
/** What an invocation needs beside watching. */
const RESERVE = 15_000;

/** The whole of an invocation: whatever happens, the job gets its answer. What is no job is logged, since nobody could be answered. */
export function createHandler({ codePipeline, log, services }: HandlerProps) {
  return async (event: unknown, context: Context): Promise<void> => {
    const jobId = jobIdOf(event, context);
    if (jobId === undefined) { return; }
    const answer = await answerOf(event, jobId);
    log.info('answer', { answer });
    if (answer.kind !== 'told' && !await putAnswer(codePipeline, jobId, answer)) {
      log.warn('the job is over, so the answer was not needed', { jobId });
    }

    function jobIdOf(job: unknown, { invokedFunctionArn }: Context): string | undefined {
      try {
        return parseJobId(job, invokedFunctionArn.split(':')[4]);
      } catch (error) {
        // thrown, it would make Lambda try twice more what cannot change
        log.error(`refused: ${sentence(error)}`, {});
        return undefined;
      }
    }

    async function answerOf(job: unknown, id: string): Promise<Answer> {
      try {
        const { request, state } = parseJob(job);
        log.appendKeys({ execution: request.execution, application: request.application, environment: request.environment });
        const window = () => Math.max(0, Math.min(WINDOW, context.getRemainingTimeInMillis() - RESERVE));
        const tell = (told: Told) => putAnswer(codePipeline, id, told);
        return await deploy(request, state ?? { phase: 'promote', deployment: id, attempts: 0 }, { ...services(), log, window, tell });
      } catch (error) {
        // a refusal is told by the answer, which is logged, too
        if (!(error instanceof Refusal)) { log.error('failed', { error }); }
        return { kind: 'failed', message: sentence(error) };
      }
    }
  };
}

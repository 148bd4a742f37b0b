import * as fc from 'fast-check';
import { ENVIRONMENTS } from '../history';
import type { Choice } from '../step';
import type { World } from '../world';

/** CodePipeline refuses what came too late: the execution is no longer the newest of the stage, or runs already. */
const TOO_LATE = /NotLatest|NotRetryable|ConcurrentPipeline|UnableToRollback|ExecutionOutdated/;

const retry: Choice = {
  weight: 6,
  arbitrary: fc.record({ which: fc.nat(), mended: fc.boolean() }).map(({ which, mended }) => ({
    name: `retry a failed stage${mended ? ', what made it fail being mended' : ''}`,
    run: async (world) => {
      const failed = await world.pipeline.failedStages();
      if (failed.length === 0) return 'none failed';
      const chosen = failed[which % failed.length];
      if (mended) mend(world, chosen.execution);
      return unlessTooLate(async () => {
        await world.pipeline.retry(chosen);
        world.count('stages retried');
        return `${chosen.stage} of ${chosen.execution}`;
      });
    },
  })),
};

const rollBack: Choice = {
  weight: 2,
  arbitrary: fc.nat().map((which) => ({
    name: 'roll the production stage back to an earlier execution',
    run: async (world) => {
      const summaries = await world.pipeline.summaries();
      const targets = summaries.filter(({ status, executionType }) => status === 'Succeeded' && executionType === 'STANDARD');
      if (targets.length === 0) return 'none succeeded';
      const target = targets[which % targets.length].pipelineExecutionId!;
      return unlessTooLate(async () => {
        const execution = await world.pipeline.rollBack('production', target);
        world.count('stages rolled back by hand');
        return `to ${target} by ${execution}`;
      });
    },
  })),
};

/** What people do with a pipeline's stages */
export const STAGES: Choice[] = [retry, rollBack];

function mend(world: World, execution: string): void {
  for (const { digest } of world.log.runs.filter((run) => run.execution === execution)) {
    if (digest) for (const environment of ENVIRONMENTS) world.mend(environment, digest);
  }
}

async function unlessTooLate(act: () => Promise<string>): Promise<string> {
  try {
    return await act();
  } catch (error) {
    const { name, message } = error as Error;
    if (!TOO_LATE.test(name)) throw error;
    return `too late: ${message}`;
  }
}

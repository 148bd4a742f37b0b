import * as fc from 'fast-check';
import type { Question } from '../../../sandbox/scenario/pipeline-desk';
import type { Choice, Step } from '../step';
import type { World } from '../world';

/** Nobody who was asked may have anything to say any more: it was answered, or overtaken by a newer execution. */
const OVER = new Set(['InvalidApprovalTokenException', 'ApprovalAlreadyCompletedException']);

const approve: Choice = { weight: 14, arbitrary: fc.constant(answering('approve', async (world, question) => yes(world, question))) };

const approveTwice: Choice = {
  weight: 3,
  arbitrary: fc.constant(answering('approve twice', async (world, question) => {
    const told = await yes(world, question);
    const error = await world.pipeline.answer(question, 'Approved', 'still good').then(() => undefined, (refused: Error) => refused);
    if (!error || !OVER.has(error.name)) throw new Error(`The second answer to the approval of ${question.execution} was not refused, but ${error ?? 'taken'}.`);
    world.count('approvals given twice');
    return `${told}, and once more in vain`;
  })),
};

const reject: Choice = {
  weight: 4,
  arbitrary: fc.constant(answering('reject', async (world, question) => {
    await world.pipeline.answer(question, 'Rejected', 'Not before the weekend.');
    world.count('rejections');
    return `rejected ${question.execution}`;
  })),
};

/** What release managers do */
export const APPROVALS: Choice[] = [approve, approveTwice, reject];

/** Says yes, and takes note of it before anything can follow from it. */
export async function yes(world: World, question: Question): Promise<string> {
  world.approvals.push({ execution: question.execution, time: Date.now() });
  await world.pipeline.answer(question, 'Approved', 'Looks good.');
  world.count(question.behind ? 'approvals given late' : 'approvals');
  return `approved ${question.execution}${question.behind ? `, behind which ${question.behind} waits` : ''}`;
}

function answering(name: string, answer: (world: World, question: Question) => Promise<string>): Step {
  return {
    name,
    run: async (world) => {
      const question = await world.pipeline.question();
      return question ? answer(world, question) : 'nobody waits';
    },
  };
}

import { randomUUID } from 'node:crypto';
import { roleCaller } from './role-caller';
import { AwsError } from '../../../account/contracts';
import { AccountEnds } from '../../account-ends';
import { callForm } from '../../signed-call';
import { ActionContext, ActionFailure, ActionResult, ActionRunner } from '../action-runner';

export interface ApprovalAnswer {
  readonly status: 'Approved' | 'Rejected';
  readonly summary: string;
}

/** What CodePipeline waits for a person, unless the action says otherwise. */
const WEEK = 7 * 24 * 3600_000;

/** Waits until somebody approves or rejects */
export class ManualApproval implements ActionRunner {
  private readonly waiting = new Map<string, (answer: ApprovalAnswer) => void>();

  constructor(private readonly account: AccountEnds) {}

  public async run(context: ActionContext): Promise<ActionResult> {
    const token = randomUUID();
    const answered = new Promise<ApprovalAnswer>((resolve) => this.waiting.set(token, resolve));
    const timeOut = new AbortController();
    const timer = setTimeout(() => timeOut.abort(), WEEK).unref();
    try {
      await this.notify(context, token);
      context.report({ token });
      const answer = await Promise.race([answered, whenAborted(AbortSignal.any([context.signal, timeOut.signal]))]);
      if (answer.status === 'Rejected') {
        throw new ActionFailure('ApprovalRejected', answer.summary || 'Rejected without a reason.');
      }
      return { summary: answer.summary };
    } finally {
      clearTimeout(timer);
      this.waiting.delete(token);
    }
  }

  public answer(token: string, answer: ApprovalAnswer): void {
    const resolve = this.waiting.get(token);
    if (!resolve) {
      throw new AwsError('InvalidApprovalTokenException', 'The approval request already received a response or has expired.');
    }
    this.waiting.delete(token);
    resolve(answer);
  }

  private async notify(context: ActionContext, token: string): Promise<void> {
    const { NotificationArn, CustomData, ExternalEntityLink } = context.configuration;
    if (!NotificationArn) {
      return;
    }
    const caller = await roleCaller(this.account, context);
    await callForm(caller, 'sns', 'Publish', '2010-03-31', {
      TopicArn: NotificationArn,
      Subject: `APPROVAL NEEDED: AWS CodePipeline ${context.pipeline.name} for action ${context.action.name}`.slice(0, 100),
      Message: JSON.stringify({
        approval: {
          pipelineName: context.pipeline.name,
          stageName: context.stage,
          actionName: context.action.name,
          token,
          customData: CustomData,
          externalEntityLink: ExternalEntityLink,
        },
      }),
    });
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new ActionFailure('ActionTimedOut', 'Nobody answered in time.')), { once: true }));
}

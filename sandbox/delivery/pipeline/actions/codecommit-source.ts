import { roleCaller } from './role-caller';
import { AccountEnds } from '../../account-ends';
import { callJson } from '../../signed-call';
import { ActionContext, ActionFailure, ActionResult, ActionRunner } from '../action-runner';
import { putArtifact } from '../artifact-store';

/** Takes a branch's newest commit, or the one that the execution was started with, into the artifact store */
export class CodeCommitSource implements ActionRunner {
  constructor(private readonly account: AccountEnds) {}

  public async run(context: ActionContext): Promise<ActionResult> {
    const { RepositoryName: repositoryName, BranchName: branchName, OutputArtifactFormat: format = 'CODE_ZIP' } = context.configuration;
    if (format !== 'CODE_ZIP') {
      throw new ActionFailure('ConfigurationError', `The sandbox makes source artifacts of the format CODE_ZIP only, not ${format}.`);
    }
    const caller = await roleCaller(this.account, context);
    const commitId = this.override(context) ?? (await callJson(caller, 'codecommit', 'GetBranch', { repositoryName, branchName })).branch.commitId;
    const { commit } = await callJson(caller, 'codecommit', 'GetCommit', { repositoryName, commitId });
    const archive = await this.account.codecommit.archive(repositoryName, commitId, context.action.roleArn ?? context.pipeline.roleArn);
    const output = context.action.outputArtifacts[0];
    return {
      outputs: [await putArtifact(caller, context.pipeline, output, archive, commitId)],
      summary: commit.message,
      externalExecutionId: commitId,
      variables: {
        RepositoryName: repositoryName,
        BranchName: branchName,
        CommitId: commitId,
        CommitMessage: commit.message,
        AuthorDate: isoDate(commit.author.date),
        CommitterDate: isoDate(commit.committer.date),
      },
    };
  }

  private override({ execution, action }: ActionContext): string | undefined {
    return execution.sourceRevisions.find(({ actionName, revisionType }) => actionName === action.name && revisionType === 'COMMIT_ID')?.revisionValue;
  }
}

/** Git's date, `<seconds> <zone>`, as the action's variables show it. */
function isoDate(date: string): string {
  return new Date(Number(date.split(' ')[0]) * 1000).toISOString().replace('.000', '');
}

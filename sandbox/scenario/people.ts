import { App, Aws, Stack } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as iam from 'aws-cdk-lib/aws-iam';

/** The role of a person who pushes, approves and looks; what a team makes beside the pipeline. */
export const DEVELOPER_ROLE = 'developer';

/**
 * Rights of people, in a stack of their own
 *
 * @param platformName prefix of the repositories and pipelines that they work with
 */
export function people(outdir: string, platformName: string, applications: string[]): string {
  const stack = new Stack(new App({ outdir, analyticsReporting: false }), 'PeopleStack');
  const developer = new iam.Role(stack, 'Developer', {
    roleName: DEVELOPER_ROLE,
    assumedBy: new iam.AccountRootPrincipal(),
  });
  for (const name of ['infrastructure', ...applications]) {
    codecommit.Repository.fromRepositoryName(stack, `Repository-${name}`, `${platformName}-${name}`).grantPullPush(developer);
  }
  developer.addToPolicy(new iam.PolicyStatement({
    actions: [
      'codepipeline:GetPipelineState',
      'codepipeline:ListActionExecutions',
      'codepipeline:ListPipelineExecutions',
      'codepipeline:PutApprovalResult',
      'codepipeline:RetryStageExecution',
      'codepipeline:RollbackStage',
    ],
    resources: [`arn:${Aws.PARTITION}:codepipeline:${Aws.REGION}:${Aws.ACCOUNT_ID}:${platformName}-*`],
  }));
  const app = stack.node.root as App;
  return app.synth().directory;
}

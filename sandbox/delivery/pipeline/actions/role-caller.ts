import { AccountEnds } from '../../account-ends';
import { callForm, Caller } from '../../signed-call';
import { ActionContext } from '../action-runner';

/** Who an action acts as: the pipeline's role, or the action's own role, which the pipeline's role assumes. */
export async function roleCaller(account: AccountEnds, { pipeline, action }: Pick<ActionContext, 'pipeline' | 'action'>): Promise<Caller> {
  const { endpointUrl } = account;
  const caller = { endpointUrl, credentials: await account.sessionFor(pipeline.roleArn) };
  if (!action.roleArn || action.roleArn === pipeline.roleArn) {
    return caller;
  }
  const answer = await callForm(caller, 'sts', 'AssumeRole', '2011-06-15', { RoleArn: action.roleArn, RoleSessionName: 'codepipeline' });
  const [accessKeyId, secretAccessKey, sessionToken] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken']
    .map((tag) => new RegExp(`<${tag}>([^<]+)`).exec(answer)![1]);
  return { endpointUrl, credentials: { accessKeyId, secretAccessKey, sessionToken } };
}

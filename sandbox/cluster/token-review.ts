import type { V1TokenReview } from '@kubernetes/client-node';
import { ClusterAccount } from './account';
import { EksState } from './eks-state';

/**
 * EKS's authenticator: a presigned STS URL proves a role, an access entry gives it a name and groups
 *
 * What such a user may do is for the API server's RBAC to say.
 */
export async function reviewToken(review: V1TokenReview, account: Pick<ClusterAccount, 'verifyClusterToken'>, state: EksState): Promise<V1TokenReview> {
  const answer = (status: V1TokenReview['status']) => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: {}, status }) as V1TokenReview;
  const refuse = (error: string) => answer({ authenticated: false, error });

  const verified = await account.verifyClusterToken(review.spec.token ?? '');
  if (!verified) return refuse('the token is no valid presigned STS GetCallerIdentity URL');
  if (verified.clusterName !== state.clusterName) {
    return refuse(`the token is for cluster ${verified.clusterName}, this is ${state.clusterName ?? 'none yet'}`);
  }
  const entry = state.accessEntries.get(verified.roleArn);
  if (!entry) return refuse(`${verified.roleArn} has no access entry`);
  return answer({ authenticated: true, user: { username: entry.username, uid: `aws-iam-authenticator:${verified.roleArn}`, groups: entry.groups } });
}

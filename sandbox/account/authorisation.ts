import { AwsError, CallRecord, Check, Decided } from './contracts';
import { Decision, Ministack, SignedRequest } from './ministack/ministack';
import { Sessions } from './sessions';

export interface AuthoriseRequest {
  accessKeyId: string;
  service: string;
  checks: Check[];
  /** The request as signed; left out where the caller is known in another way (a Git or registry login). */
  request?: SignedRequest;
}

/**
 * Decides whether a call may be made, by the policies of the caller's role as they are deployed
 *
 * ministack's IAM evaluates them (inline and attached policies, boundaries, conditions, explicit denies); this is the
 * one place through which every service that the sandbox plays asks it, and where each call is recorded.
 */
export class Authorisation {
  public readonly calls: CallRecord[] = [];

  constructor(private readonly ministack: Ministack, private readonly sessions: Sessions) {}

  /** Role ARN of the caller; throws what AWS answers when the call is refused. */
  public async authorise(request: AuthoriseRequest): Promise<string> {
    const principal = this.sessions.find(request.accessKeyId)?.roleArn;
    if (!principal) {
      this.record('unknown', request, 403);
      throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
    }
    const { failure, denied, made } = await this.ministack.authorise(request);
    this.record(principal, request, failure || denied ? 403 : 200, made);
    if (failure) throw new AwsError(failure.code, failure.message, 403);
    if (denied) {
      if (denied.action.startsWith('kms:') && request.service === 'codecommit') {
        throw new AwsError('EncryptionKeyAccessDeniedException', `An encryption key could not be accessed: ${principal} is not allowed ${denied.action} on ${denied.resource}`);
      }
      throw new AwsError('AccessDeniedException', `User: ${principal} is not authorized to perform: ${denied.action} on resource: ${denied.resource} ` +
        (denied.explicit ? 'with an explicit deny in an identity-based policy' : `because no identity-based policy allows the ${denied.action} action`), 400);
    }
    return principal;
  }

  /** Role ARN behind a key, for records of calls that ministack decided. */
  public principalOf(accessKeyId: string): string {
    return this.sessions.find(accessKeyId)?.roleArn ?? (accessKeyId || 'anonymous');
  }

  /** Takes over what ministack decided. */
  public take({ accessKeyId, action, resource, allowed, context }: Decided, status: number): void {
    const principal = this.principalOf(accessKeyId);
    this.calls.push({ time: Date.now(), principal, service: action.split(':')[0], action, resources: [resource], allowed, status, context: context ?? undefined });
  }

  private record(principal: string, { checks }: AuthoriseRequest, status: number, made?: Decision['made']): void {
    checks.forEach(({ action, resource }, index) => {
      const { allowed = false, context = undefined } = made?.[index] ?? {};
      this.calls.push({ time: Date.now(), principal, service: action.split(':')[0], action, resources: [resource], allowed, status, context });
    });
  }
}

import type { Deployment, RequestContext } from '../account';
import type { AuditedRequest } from '../cluster';

/** A call to AWS as a run made it; equal calls are counted */
export interface EvidencedCall {
  /** `<stack>/<logical id>` of a role that a template has, otherwise its name. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
  /** Left out where IAM asks no policy. */
  readonly context?: RequestContext;
  /** Which of the deployments' policies it met. */
  readonly deployment?: number;
  readonly count: number;
}

/** What a run called, and by which rights */
export interface Evidence {
  readonly run: string;
  readonly deployments: readonly Deployment[];
  readonly calls: readonly EvidencedCall[];
  readonly kubernetes: readonly AuditedRequest[];
}

import { EnvironmentFiles } from './environment-files';
import { InfrastructureRepository } from './infrastructure-repository';
import { Request } from './parse-job';
import { Asked, Promotion, Release } from './state';
import { Clock } from '../../kubernetes/retry';

/** What every way of recording works with. */
export interface PromotionsProps {
  readonly request: Request;
  readonly repository: InfrastructureRepository;
  readonly files: EnvironmentFiles;
  readonly clock: Clock;
}

/** Where a promotion stands in the record that Flux follows. */
export type Standing =
  | { readonly kind: 'promoted' }
  /** What ran before is recorded again, by this deployment or by a person; `reason` is what this deployment wrote then. */
  | { readonly kind: 'put back'; readonly by: string; readonly reason?: string }
  /** A newer change, which wins. */
  | { readonly kind: 'superseded'; readonly by: string };

/**
 * The digest was promoted before, and something newer came: the stage runs again, or the event of a job that is long over
 * has come once more. Only the pipeline knows.
 */
export interface Doubt { readonly kind: 'doubt'; readonly previous: Release }

/** One way of recording what an environment shall run. */
export interface Promotions {
  /** Whether the record itself tells that this deployment has put back what ran before. */
  readonly remembersPutBack: boolean;

  /**
   * Records the digest, once per deployment however often it is called.
   *
   * @param asked set where the pipeline was asked about a doubt, and what it wanted may have been done
   */
  promote(asked?: Asked): Promise<Promotion | Doubt>;

  /** Records the digest although it was promoted before. */
  promoteAgain(): Promise<void>;

  standing(promotion: Promotion): Promise<Standing>;

  /** Records again what ran before, once however often it is called, and never over a newer change. */
  putBack(promotion: Promotion, reason: string): Promise<Standing>;
}

import { EnvironmentFiles } from './environment-files';
import { InfrastructureRepository } from './infrastructure-repository';
import { Request } from './parse-job';
import { Promotion } from './state';
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

/** One way of recording what an environment shall run. */
export interface Promotions {
  /** Whether an invocation that makes a promotion may also put it back: only where the record shows afterwards that both were done. */
  readonly remembersPutBack: boolean;

  /** Records the digest, once per deployment however often it is called. */
  promote(): Promise<Promotion>;

  standing(promotion: Promotion): Promise<Standing>;

  /** Records again what ran before, once however often it is called, and never over a newer change. */
  putBack(promotion: Promotion, reason: string): Promise<Standing>;
}

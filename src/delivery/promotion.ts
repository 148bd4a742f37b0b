/**
 * How the promotion of a digest to an environment is recorded.
 */
export abstract class Promotion {
  /**
   * The deploy action commits the digest to the infrastructure repository.
   *
   * Only the deploy function and people with push rights can make that commit, so this is the way behind an approval.
   * A `git revert` of it stays.
   */
  public static byCommit(): Promotion {
    return new RecordedPromotion('commit');
  }

  /**
   * The deploy action tags the digest in ECR; Flux follows the tags of the image repository and commits the digest itself.
   *
   * The deploy function then needs no right on the infrastructure repository. Whoever can push images can also push such a
   * tag, so an environment with an approval refuses it.
   */
  public static byTag(): Promotion {
    return new RecordedPromotion('tag');
  }

  /**
   * Used by the application.
   *
   * @internal
   */
  public abstract readonly _mode: PromotionMode;
}

/** @internal */
export type PromotionMode = 'commit' | 'tag';

class RecordedPromotion extends Promotion {
  public constructor(public readonly _mode: PromotionMode) {
    super();
  }
}

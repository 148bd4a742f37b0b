import { concerns, promotionMessage, putBackMessage, TRAILER, trailersOf } from './commit-message';
import { shortDigest } from './digest';
import { overlayDigest, readRelease, writeRelease } from './environment-files';
import { buildTime, environmentTag, parseEnvironmentTag } from './environment-tag';
import { Commit } from './infrastructure-repository';
import { Doubt, Promotions, PromotionsProps, Standing } from './promotions';
import { Promotion, Release } from './state';

export interface PromotionByCommitProps extends PromotionsProps {
  readonly deployment: string;
}

/** How far back this deployment's own commits are looked for. */
const HISTORY = 100;

/** The deploy function commits the digest; Git's history tells what was done. */
export class PromotionByCommit implements Promotions {
  public readonly remembersPutBack = true;

  constructor(private readonly props: PromotionByCommitProps) {}

  async promote(): Promise<Promotion | Doubt> {
    return this.record(false);
  }

  async promoteAgain(): Promise<void> {
    await this.record(true);
  }

  async standing(promotion: Promotion): Promise<Standing> {
    const { repository, files } = this.props;
    const head = await repository.head();
    return this.judge(promotion, head, overlayDigest(files, await repository.file(head, files.overlay)));
  }

  async putBack(promotion: Promotion, reason: string): Promise<Standing> {
    const { request, deployment, repository, files } = this.props;
    let standing: Standing | undefined;
    const commit = await repository.change(async (read, head) => {
      const [overlay, managed] = await Promise.all([read(files.overlay), read(files.managed)]);
      standing = await this.judge(promotion, head, overlayDigest(files, overlay));
      if (standing.kind !== 'promoted') { return undefined; }
      if (await this.hasPutBack(head, promotion)) {
        standing = { kind: 'superseded', by: 'a later deployment of the same image' };
        return undefined;
      }
      const current = readRelease(files, overlay, managed);
      const { previous } = promotion;
      // a person may have set the annotation alone to something else meanwhile
      const released = current.released === request.tag ? previous.released : undefined;
      return {
        put: writeRelease(files, overlay!, managed!, { ...previous, released }),
        delete: [],
        message: putBackMessage(request, { deployment, reason, previous }),
      };
    });
    return standing!.kind === 'promoted' ? { kind: 'put back', by: `commit ${commit.slice(0, 8)}` } : standing!;
  }

  private async record(again: boolean): Promise<Promotion | Doubt> {
    const { request, deployment, repository, files, clock } = this.props;
    let promotion: Promotion | undefined;
    let doubt: Doubt | undefined;
    const commit = await repository.change(async (read, head) => {
      doubt = undefined;
      const { own, latest, before } = await this.search(head);
      if (own) {
        promotion = await this.recover(own);
        return undefined;
      }
      const [overlay, managed] = await Promise.all([read(files.overlay), read(files.managed)]);
      const current = readRelease(files, overlay, managed);
      const release: Release = { digest: request.digest, name: request.imageUri, released: request.tag };
      const put = writeRelease(files, overlay!, managed!, release);

      if (current.digest === request.digest && put[0].content === overlay && put[1].content === managed) {
        promotion = await this.resume(latest) ?? { at: clock.now(), commit: head, previous: current };
        return undefined;
      }
      if (before && !again) {
        doubt = { kind: 'doubt', previous: current };
        return undefined;
      }
      const last = parseEnvironmentTag(request.environment, latest ? trailersOf(latest.message)[TRAILER.TAG] ?? '' : '');
      const { tag } = environmentTag(request.environment, Math.max(clock.now(), (last?.time ?? 0) + 1), request.commit);
      promotion = { at: clock.now(), tag, previous: current };
      return { put, delete: [], message: promotionMessage(request, { deployment, tag, previous: current }) };
    });
    return doubt ?? { ...promotion!, commit: promotion!.commit ?? commit };
  }

  private async judge(promotion: Promotion, head: string, digest: string | undefined): Promise<Standing> {
    if (digest === this.props.request.digest) { return { kind: 'promoted' }; }
    const change = await this.lastChange(head, promotion);
    const by = change ? `commit ${change.id.slice(0, 8)} by ${change.author}` : `commit ${head.slice(0, 8)}`;
    if (digest !== promotion.previous.digest) {
      return { kind: 'superseded', by: `${by} (${digest === undefined ? 'no digest' : shortDigest(digest)})` };
    }
    const { [TRAILER.DEPLOYMENT]: deployment, [TRAILER.REASON]: reason } = trailersOf(change?.message ?? '');
    return { kind: 'put back', by, reason: deployment === this.props.deployment ? reason : undefined };
  }

  /** Whether this deployment put back what ran before, and the event that led to it has come once more. */
  private async hasPutBack(head: string, promotion: Promotion): Promise<boolean> {
    for await (const { id, message } of this.props.repository.history(head, HISTORY, (commit) => commit.id === promotion.commit)) {
      const trailers = trailersOf(message);
      if (id !== promotion.commit && trailers[TRAILER.DEPLOYMENT] === this.props.deployment && trailers[TRAILER.PUT_BACK]) { return true; }
    }
    return false;
  }

  /** The commit that took this deployment's digest out of the overlay. */
  private async lastChange(head: string, promotion: Promotion): Promise<Commit | undefined> {
    const { repository, files, request } = this.props;
    for await (const commit of repository.history(head, HISTORY)) {
      if (commit.id === promotion.commit) { return undefined; }
      for (const parent of commit.parents) {
        if (overlayDigest(files, await repository.file(parent, files.overlay)) === request.digest) { return commit; }
      }
    }
    return undefined;
  }

  /** This deployment's promotion, the newest commit that any deployment made to this environment, and whether one promoted this digest. */
  private async search(head: string): Promise<{ own?: Commit; latest?: Commit; before: boolean }> {
    const { request, repository, deployment } = this.props;
    const built = buildTime(request.tag) ?? 0;
    // CodeCommit dates deployments' commits itself, so what lies before one from before the build is older than this deployment
    const isOld = ({ date, message }: Commit) => date !== undefined && date < built && TRAILER.DEPLOYMENT in trailersOf(message);
    let latest: Commit | undefined;
    let before = false;
    for await (const commit of repository.history(head, HISTORY, isOld)) {
      const trailers = trailersOf(commit.message);
      if (trailers[TRAILER.DEPLOYMENT] === deployment && !trailers[TRAILER.PUT_BACK]) { return { own: commit, latest, before }; }
      if (concerns(commit.message, request)) {
        latest ??= commit;
        before ||= trailers[TRAILER.DIGEST] === request.digest;
      }
    }
    return { latest, before };
  }

  /** A stage that is run again goes on with what its execution promoted before: what ran before that is what to go back to. */
  private async resume(latest: Commit | undefined): Promise<Promotion | undefined> {
    const { request, clock } = this.props;
    const trailers = trailersOf(latest?.message ?? '');
    const same = trailers[TRAILER.EXECUTION] === request.execution && trailers[TRAILER.DIGEST] === request.digest && !trailers[TRAILER.PUT_BACK];
    return latest && same ? { ...await this.recover(latest), at: clock.now() } : undefined;
  }

  private async recover(commit: Commit): Promise<Promotion> {
    const { repository, files, clock } = this.props;
    const before = commit.parents[0];
    const [overlay, managed] = await Promise.all([repository.file(before, files.overlay), repository.file(before, files.managed)]);
    return {
      at: commit.date ?? clock.now(),
      commit: commit.id,
      tag: trailersOf(commit.message)[TRAILER.TAG],
      previous: readRelease(files, overlay, managed),
    };
  }
}

import { DIGEST_PATTERN, shortDigest } from './digest';
import { readOverlay } from './environment-files';
import { buildTime, environmentTag } from './environment-tag';
import { ImageRepository, TaggedImage } from './image-repository';
import { Doubt, Promotions, PromotionsProps, Standing } from './promotions';
import { Refusal } from './refusal';
import { Asked, Promotion, Release } from './state';
import { NOT_RELEASED } from '../../flux/manifests/names';

export interface PromotionByTagProps extends PromotionsProps {
  readonly images: ImageRepository;
}

/** How many times a tag's time is moved on when other images have the tags. */
const ATTEMPTS = 5;

/** The deploy function tags the image; Flux follows the newest tag of the environment and makes the commit. */
export class PromotionByTag implements Promotions {
  /** A tag does not tell which deployment made it. */
  public readonly remembersPutBack = false;

  constructor(private readonly props: PromotionByTagProps) {}

  async promote(asked?: Asked): Promise<Promotion | Doubt> {
    const { request, clock } = this.props;
    const [tags, current] = await Promise.all([this.tags(), this.current()]);
    const newest = tags.at(-1);
    const again = asked && tags.find(({ digest, time: made }) => digest === request.digest && made >= asked.at);
    if (again) { return { at: again.time, tag: again.tag, previous: asked.previous }; }
    if (newest?.digest === request.digest) {
      // a tag that is older than the build was not made for it: the environment was on this very digest already
      const own = newest.commit8 === request.commit.slice(0, 8) && newest.time >= (buildTime(request.tag) ?? 0);
      const previous = own ? before(tags, current, request.digest) : current;
      return { at: own ? newest.time : clock.now(), tag: newest.tag, previous };
    }
    const previous = current.digest === request.digest ? before(tags, current, request.digest) : current;
    if (tags.some(({ digest }) => digest === request.digest)) { return { kind: 'doubt', previous }; }
    const { tag, time } = await this.tag(request.digest, newest, request.commit);
    return { at: time, tag, previous };
  }

  async promoteAgain(): Promise<void> {
    const tags = await this.tags();
    await this.tag(this.props.request.digest, tags.at(-1), this.props.request.commit);
  }

  async standing(promotion: Promotion): Promise<Standing> {
    return this.judge(promotion, await this.tags());
  }

  async putBack(promotion: Promotion, _reason: string): Promise<Standing> {
    const { request } = this.props;
    const tags = await this.tags();
    const standing = this.judge(promotion, tags);
    if (standing.kind !== 'promoted') { return standing; }
    const { digest } = promotion.previous;
    const earlier = tags.filter((tag) => tag.digest === digest).at(-1);
    const { tag } = await this.tag(digest, tags.at(-1), earlier?.commit8 ?? request.commit);
    return { kind: 'put back', by: `tag ${tag}` };
  }

  private judge(promotion: Promotion, tags: TaggedImage[]): Standing {
    const newest = tags.at(-1);
    // a tag that somebody deleted changes nothing: Flux keeps what it committed
    if (!newest || newest.tag === promotion.tag || newest.digest === this.props.request.digest) { return { kind: 'promoted' }; }
    return newest.digest === promotion.previous.digest
      ? { kind: 'put back', by: `tag ${newest.tag}` }
      : { kind: 'superseded', by: `tag ${newest.tag} (${shortDigest(newest.digest)})` };
  }

  private tags(): Promise<TaggedImage[]> {
    return this.props.images.environmentTags(this.props.request.environment);
  }

  private async current(): Promise<Release> {
    const { repository, files } = this.props;
    return readOverlay(files, await repository.file(await repository.head(), files.overlay));
  }

  /** Tags strictly later than the newest tag, whatever the clock says. */
  private async tag(digest: string, newest: TaggedImage | undefined, commit: string) {
    const { request, images, clock } = this.props;
    const image = await images.require(digest);
    let time = Math.max(clock.now(), (newest?.time ?? 0) + 1);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++, time++) {
      const next = environmentTag(request.environment, time, commit);
      if (newest && (next.tag <= newest.tag || next.tag.length > newest.tag.length)) {
        throw new Refusal(`The image repository has the tag ${newest.tag}, after which no tag of today sorts, so Flux would keep to it: `
          + 'find out who pushed it, delete it and retry the stage.');
      }
      if (await images.tag(image, next.tag)) { return next; }
    }
    throw new Refusal(`The image repository gives no new tag for "${request.environment}": other images have those of ${new Date(time).toISOString()}; retry the stage.`);
  }
}

/** What was to run before a digest: what the overlay still names, else what the tag before is on. */
function before(tags: TaggedImage[], current: Release, digest: string): Release {
  if (DIGEST_PATTERN.test(current.digest) && current.digest !== digest) { return current; }
  return { ...current, digest: tags.filter((tag) => tag.digest !== digest).at(-1)?.digest ?? NOT_RELEASED };
}

import { environmentTag, parseEnvironmentTag } from './environment-tag';
import { ImageRepository } from './image-repository';
import { Request } from './parse-job';
import { Refusal } from './refusal';

/** How many times a tag's time is moved on when another image has the tag. */
const ATTEMPTS = 5;

/**
 * Tags what a commit promoted, so that no lifecycle rule expires it; the tag that it got.
 *
 * The tag decides nothing. It comes from the commit, so that a repetition sets no second one.
 */
export async function tagForLifecycle(images: ImageRepository, request: Request, tag: string): Promise<string> {
  const image = await images.require(request.digest);
  const { time } = parseEnvironmentTag(request.environment, tag) ?? { time: 0 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const next = attempt === 0 ? tag : environmentTag(request.environment, time + attempt, request.commit).tag;
    if (await images.tag(image, next)) { return next; }
  }
  throw new Refusal(`The tag ${tag} and those after it are on other images.`);
}

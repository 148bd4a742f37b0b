import { BatchGetImageCommand, BatchGetImageCommandOutput, ECRClient, ListImagesCommand, ListImagesCommandOutput, PutImageCommand } from '@aws-sdk/client-ecr';
import { shortDigest } from './digest';
import { EnvironmentTag, parseEnvironmentTag } from './environment-tag';
import { Refusal } from './refusal';

export type Ecr = Pick<ECRClient, 'send'>;

/** An image as ECR holds it, which is what a further tag needs. */
export interface Image {
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType?: string;
}

/** An environment's tag and what it is on. */
export interface TaggedImage extends EnvironmentTag {
  readonly digest: string;
}

/** ECR answers one that is not asked for as another kind of manifest, or not at all. */
const MEDIA_TYPES = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

/** The application's image repository. */
export class ImageRepository {
  constructor(private readonly client: Ecr, private readonly name: string) {}

  /** The image, which must be there. */
  async require(digest: string): Promise<Image> {
    const { images = [], failures = [] } = await this.send<BatchGetImageCommandOutput>(new BatchGetImageCommand({
      repositoryName: this.name, imageIds: [{ imageDigest: digest }], acceptedMediaTypes: MEDIA_TYPES,
    }));
    const [image] = images;
    if (image?.imageManifest) {
      return { digest, manifest: image.imageManifest, mediaType: image.imageManifestMediaType };
    }
    const why = failures[0]?.failureCode ?? 'ImageNotFound';
    throw new Refusal(`The image repository "${this.name}" has no image ${digest} (${why}); it was deleted, expired or never pushed: build it again.`);
  }

  /** Whether the tag is on that image now; false when another image has it. */
  async tag(image: Image, tag: string): Promise<boolean> {
    try {
      await this.send(new PutImageCommand({
        repositoryName: this.name,
        imageTag: tag,
        imageManifest: image.manifest,
        imageManifestMediaType: image.mediaType,
        imageDigest: image.digest,
      }));
      return true;
    } catch (error) {
      // the first: this very tag on this very image, from an invocation that was cut off
      if (error instanceof Error && error.name === 'ImageAlreadyExistsException') { return true; }
      if (error instanceof Error && error.name === 'ImageTagAlreadyExistsException') { return false; }
      if (error instanceof Error && error.name === 'LimitExceededException') {
        throw new Refusal(`ECR takes no further tag on ${shortDigest(image.digest)} in "${this.name}": ${error.message}`);
      }
      throw error;
    }
  }

  /** An environment's tags in Flux's order, which is oldest first. */
  async environmentTags(environment: string): Promise<TaggedImage[]> {
    const tags: TaggedImage[] = [];
    let nextToken: string | undefined;
    do {
      const page: ListImagesCommandOutput = await this.send(new ListImagesCommand({
        repositoryName: this.name, filter: { tagStatus: 'TAGGED' }, maxResults: 1000, nextToken,
      }));
      for (const { imageTag, imageDigest } of page.imageIds ?? []) {
        const parsed = parseEnvironmentTag(environment, imageTag ?? '');
        if (parsed && imageDigest) { tags.push({ ...parsed, digest: imageDigest }); }
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return tags.sort((a, b) => (a.tag < b.tag ? -1 : 1));
  }

  private async send<Output>(command: object): Promise<Output> {
    try {
      return await (this.client.send as (command: object) => Promise<Output>).call(this.client, command);
    } catch (error) {
      if (error instanceof Error && error.name === 'RepositoryNotFoundException') {
        throw new Refusal(`The image repository "${this.name}" does not exist in ECR; create it again under that name, or remove the application.`);
      }
      throw error;
    }
  }
}

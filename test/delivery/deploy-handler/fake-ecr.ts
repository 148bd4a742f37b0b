import type { Ecr } from '../../../src/delivery/deploy-handler/image-repository';

/** ECR with one repository of immutable tags in memory. */
export class FakeEcr {
  public readonly images = new Set<string>();
  public readonly tags = new Map<string, string>();
  public pageSize = 1000;

  constructor(private readonly repository: string) {}

  public readonly send: Ecr['send'] = async (command: any) => {
    const { input } = command;
    if (input.repositoryName !== this.repository) { throw refused('RepositoryNotFoundException'); }
    switch (command.constructor.name) {
      case 'BatchGetImageCommand': return this.batchGetImage(input);
      case 'PutImageCommand': return this.putImage(input);
      case 'ListImagesCommand': return this.listImages(input);
      default: throw new Error(`No ${command.constructor.name} here`);
    }
  };

  /** An environment's tags, oldest first. */
  public of(environment: string): { tag: string; digest: string }[] {
    return [...this.tags].map(([tag, digest]) => ({ tag, digest })).filter(({ tag }) => tag.startsWith(`${environment}-`))
      .sort((a, b) => (a.tag < b.tag ? -1 : 1));
  }

  private batchGetImage({ imageIds, acceptedMediaTypes }: any) {
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const [{ imageDigest }] = imageIds;
    return this.images.has(imageDigest) && acceptedMediaTypes.includes(mediaType)
      ? { images: [{ imageManifest: `manifest of ${imageDigest}`, imageManifestMediaType: mediaType }], failures: [] }
      : { images: [], failures: [{ imageId: { imageDigest }, failureCode: 'ImageNotFound' }] };
  }

  private putImage({ imageTag, imageManifest, imageDigest }: any) {
    if (imageManifest !== `manifest of ${imageDigest}`) { throw refused('ImageDigestDoesNotMatchException'); }
    const holder = this.tags.get(imageTag);
    if (holder === imageDigest) { throw refused('ImageAlreadyExistsException'); }
    if (holder) { throw refused('ImageTagAlreadyExistsException'); }
    this.tags.set(imageTag, imageDigest);
    return {};
  }

  private listImages({ nextToken }: any) {
    const all = [...this.tags].map(([imageTag, imageDigest]) => ({ imageTag, imageDigest }));
    const start = Number(nextToken ?? 0);
    const end = start + this.pageSize;
    return { imageIds: all.slice(start, end), ...(end < all.length ? { nextToken: `${end}` } : {}) };
  }
}

export function refused(name: string): Error {
  return Object.assign(new Error(`${name} of the fake`), { name });
}

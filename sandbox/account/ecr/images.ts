import { createHash } from 'node:crypto';
import { ACCOUNT, arn, ECR_HOST } from '../constants';
import { AwsError } from '../contracts';

export interface Image { digest: string; manifest: string; mediaType: string; size: number; pushedAt: number; tags: Set<string> }

export interface RepositorySettings {
  mutability: string;
  /** Wildcards of tags to which the opposite of `mutability` applies. */
  exclusions: string[];
  scanOnPush: boolean;
}

export type ScanFindings = Record<string, number>;

/** One image repository: what ECR knows beside the registry's own store */
export class ImageRepository {
  public readonly created = Date.now() / 1000;
  public readonly images = new Map<string, Image>();
  public readonly findings = new Map<string, ScanFindings>();

  constructor(readonly name: string, public settings: RepositorySettings) {}

  public get arn(): string {
    return arn('ecr', `repository/${this.name}`);
  }

  public get uri(): string {
    return `${ECR_HOST}/${this.name}`;
  }

  public describe(): Record<string, unknown> {
    return {
      repositoryArn: this.arn,
      registryId: ACCOUNT,
      repositoryName: this.name,
      repositoryUri: this.uri,
      createdAt: this.created,
      imageTagMutability: this.settings.mutability,
      imageScanningConfiguration: { scanOnPush: this.settings.scanOnPush },
      encryptionConfiguration: { encryptionType: 'AES256' },
    };
  }

  public find({ imageTag, imageDigest }: { imageTag?: string; imageDigest?: string }): Image | undefined {
    const image = imageDigest ? this.images.get(imageDigest) : [...this.images.values()].find(({ tags }) => tags.has(imageTag!));
    return image && (!imageTag || image.tags.has(imageTag)) ? image : undefined;
  }

  /** Whether that tag may be moved from one image to another. */
  public isMutable(tag: string): boolean {
    const excluded = this.settings.exclusions.some(filter => wildcard(filter).test(tag));
    return this.settings.mutability.startsWith('MUTABLE') !== excluded;
  }

  /** Takes note of a push; throws what ECR answers when it is refused. */
  public put(manifest: string, mediaType: string, tag?: string): Image {
    const digest = digestOf(manifest);
    const tagged = tag === undefined ? undefined : this.find({ imageTag: tag });
    if (this.images.has(digest) && (tag === undefined || tagged?.digest === digest)) {
      throw new AwsError('ImageAlreadyExistsException', `Image with digest '${digest}' and tag '${tag}' already exists in the repository with name '${this.name}' in registry with id '${ACCOUNT}'`);
    }
    if (tagged && !this.isMutable(tag!)) {
      throw new AwsError('ImageTagAlreadyExistsException', `The image tag '${tag}' already exists in the '${this.name}' repository and cannot be overwritten because the tag is immutable.`);
    }
    const image = this.images.get(digest)
      ?? { digest, manifest, mediaType, size: sizeOf(manifest), pushedAt: Date.now() / 1000, tags: new Set<string>() };
    this.images.set(digest, image);
    tagged?.tags.delete(tag!);
    if (tag !== undefined) image.tags.add(tag);
    return image;
  }
}

/** Every image repository of the account */
export class Images {
  private readonly byName = new Map<string, ImageRepository>();

  public create(name: string, settings: RepositorySettings): ImageRepository {
    if (!/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name)) {
      throw new AwsError('InvalidParameterException', `Invalid parameter at 'repositoryName' failed to satisfy constraint: '${name}' must be lower-case letters, digits, and "._-/" between them`);
    }
    if (this.byName.has(name)) throw new AwsError('RepositoryAlreadyExistsException', `The repository with name '${name}' already exists in the registry with id '${ACCOUNT}'`);
    const repository = new ImageRepository(name, settings);
    this.byName.set(name, repository);
    return repository;
  }

  public get(name: string): ImageRepository {
    const repository = this.byName.get(name);
    if (!repository) throw new AwsError('RepositoryNotFoundException', `The repository with name '${name}' does not exist in the registry with id '${ACCOUNT}'`);
    return repository;
  }

  public all(): ImageRepository[] {
    return [...this.byName.values()];
  }

  public remove(name: string, force: boolean): void {
    if (!force && (this.byName.get(name)?.images.size ?? 0) > 0) {
      throw new AwsError('RepositoryNotEmptyException', `The repository with name '${name}' in registry with id '${ACCOUNT}' cannot be deleted because it still contains images`);
    }
    this.byName.delete(name);
  }
}

export function digestOf(manifest: string): string {
  return `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
}

/** Compressed size, as ECR shows it: configuration and layers. */
function sizeOf(manifest: string): number {
  const { config, layers = [] } = JSON.parse(manifest);
  return [config, ...layers].reduce((sum, part) => sum + (part?.size ?? 0), 0);
}

function wildcard(filter: string): RegExp {
  return new RegExp(`^${filter.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
}

import { ACCOUNT, ECR_HOST } from '../constants';
import { AwsError, ServiceCall, ServiceEnd } from '../contracts';
import { announceImage, PutEvent } from './events';
import { digestOf, Image, ImageRepository, Images } from './images';
import { Registry } from './registry';
import { RegistryTokens } from './tokens';

interface ImageId { imageTag?: string; imageDigest?: string }

/** Stands in for ECR's API, over the images that were really pushed; after its API reference. */
export class EcrService implements ServiceEnd {
  private readonly operations: Record<string, (input: any, call: ServiceCall) => Promise<any>> = {
    GetAuthorizationToken: async (_input, call) => this.authorizationToken(call),
    DescribeRepositories: async input => this.describeRepositories(input),
    BatchGetImage: async input => this.batchGetImage(input),
    PutImage: async input => this.putImage(input),
    DescribeImages: async input => this.describeImages(input),
    ListImages: async input => this.listImages(input),
    BatchDeleteImage: async input => this.batchDeleteImage(input),
    BatchCheckLayerAvailability: async input => this.checkLayers(input),
    GetDownloadUrlForLayer: async input => ({
      downloadUrl: `https://${ECR_HOST}/v2/${this.images.get(input.repositoryName).name}/blobs/${input.layerDigest}`, layerDigest: input.layerDigest,
    }),
    DescribeImageScanFindings: async input => this.scanFindings(input),
  };

  constructor(
    private readonly images: Images, private readonly registry: Registry, private readonly tokens: RegistryTokens,
    private readonly putEvent: PutEvent,
  ) {}

  public async handle(call: ServiceCall): Promise<any> {
    const run = this.operations[call.operation];
    if (!run) throw new AwsError('UnknownOperationException', `The sandbox's ECR does not play ${call.operation}; it plays ${Object.keys(this.operations).join(', ')}.`);
    return run(call.input, call);
  }

  private authorizationToken(call: ServiceCall): any {
    const { token, expires } = this.tokens.issue(call.accessKeyId);
    return {
      authorizationData: [{
        authorizationToken: Buffer.from(`AWS:${token}`).toString('base64'), expiresAt: expires / 1000, proxyEndpoint: `https://${ECR_HOST}`,
      }],
    };
  }

  private describeRepositories(input: any): any {
    const names: string[] | undefined = input.repositoryNames;
    return { repositories: (names?.map(name => this.images.get(name)) ?? this.images.all()).map(repository => repository.describe()) };
  }

  private batchGetImage(input: any): any {
    const repository = this.images.get(input.repositoryName);
    const found: any[] = [];
    const failures: any[] = [];
    for (const id of required<ImageId[]>(input, 'imageIds')) {
      const image = repository.find(id);
      if (image) found.push(asImage(repository, image, id.imageTag));
      else failures.push(notFound(id));
    }
    return { images: found, failures };
  }

  private async putImage(input: any): Promise<any> {
    const repository = this.images.get(input.repositoryName);
    const manifest = required<string>(input, 'imageManifest');
    const parsed = parse(manifest);
    const mediaType = input.imageManifestMediaType ?? parsed.mediaType;
    if (!mediaType) throw new AwsError('InvalidParameterException', 'Invalid parameter at \'imageManifestMediaType\': the manifest names no media type.');
    if (input.imageDigest && input.imageDigest !== digestOf(manifest)) {
      throw new AwsError('ImageDigestDoesNotMatchException', `The specified image digest ${input.imageDigest} does not match ${digestOf(manifest)}, the digest of the manifest`);
    }
    await this.requireContent(repository, parsed);
    const image = repository.put(manifest, mediaType, input.imageTag);
    await this.registry.putManifest(repository.name, input.imageTag ?? image.digest, manifest, mediaType);
    await announceImage(this.putEvent, 'PUSH', repository, image, input.imageTag);
    return { image: asImage(repository, image, input.imageTag) };
  }

  private async requireContent(repository: ImageRepository, manifest: any): Promise<void> {
    for (const child of manifest.manifests ?? []) {
      if (!repository.images.has(child.digest)) throw new AwsError('ReferencedImagesNotFoundException', `The manifest list references ${child.digest}, which is not in the repository`);
    }
    for (const layer of [...manifest.config ? [manifest.config] : [], ...manifest.layers ?? []]) {
      if (!await this.registry.hasBlob(repository.name, layer.digest)) {
        throw new AwsError('LayersNotFoundException', `The layer with digest '${layer.digest}' required for pushing image into repository with name '${repository.name}' does not exist`);
      }
    }
  }

  private describeImages(input: any): any {
    const repository = this.images.get(input.repositoryName);
    const ids: ImageId[] | undefined = input.imageIds;
    const images = ids
      ? ids.map(id => {
        const image = repository.find(id);
        if (!image) throw missing(repository, id);
        return image;
      })
      : [...repository.images.values()].filter(image => hasStatus(image, input.filter?.tagStatus));
    const details = [...new Set(images)].map(image => ({
      registryId: ACCOUNT,
      repositoryName: repository.name,
      imageDigest: image.digest,
      imageTags: image.tags.size > 0 ? [...image.tags] : undefined,
      imageSizeInBytes: image.size,
      imagePushedAt: image.pushedAt,
      imageManifestMediaType: image.mediaType,
      ...repository.settings.scanOnPush
        ? { imageScanStatus: { status: 'COMPLETE' }, imageScanFindingsSummary: { findingSeverityCounts: repository.findings.get(image.digest) ?? {} } }
        : {},
    }));
    const { page, nextToken } = paged(details, input);
    return { imageDetails: page, nextToken };
  }

  private listImages(input: any): any {
    const repository = this.images.get(input.repositoryName);
    const ids = [...repository.images.values()].filter(image => hasStatus(image, input.filter?.tagStatus))
      .flatMap(image => image.tags.size > 0
        ? [...image.tags].map(imageTag => ({ imageDigest: image.digest, imageTag }))
        : [{ imageDigest: image.digest }]);
    const { page, nextToken } = paged(ids, input);
    return { imageIds: page, nextToken };
  }

  /** By tag, only the tag goes, and the image with its last one; by digest, the image with all its tags. */
  private async batchDeleteImage(input: any): Promise<any> {
    const repository = this.images.get(input.repositoryName);
    const imageIds: ImageId[] = [];
    const failures: any[] = [];
    for (const id of required<ImageId[]>(input, 'imageIds')) {
      const image = repository.find(id);
      if (!image) {
        failures.push(notFound(id));
        continue;
      }
      const tags = id.imageTag ? [id.imageTag] : [...image.tags];
      tags.forEach(tag => image.tags.delete(tag));
      imageIds.push(...tags.length > 0 ? tags.map(imageTag => ({ imageDigest: image.digest, imageTag })) : [{ imageDigest: image.digest }]);
      if (image.tags.size === 0) repository.images.delete(image.digest);
      await announceImage(this.putEvent, 'DELETE', repository, image, id.imageTag);
    }
    return { imageIds, failures };
  }

  private async checkLayers(input: any): Promise<any> {
    const repository = this.images.get(input.repositoryName);
    const layers = await Promise.all(required<string[]>(input, 'layerDigests').map(async layerDigest => ({
      layerDigest, layerAvailability: await this.registry.hasBlob(repository.name, layerDigest) ? 'AVAILABLE' : 'UNAVAILABLE',
    })));
    return { layers, failures: [] };
  }

  private scanFindings(input: any): any {
    const repository = this.images.get(input.repositoryName);
    const id = required<ImageId>(input, 'imageId');
    const image = repository.find(id);
    if (!image) throw missing(repository, id);
    if (!repository.settings.scanOnPush) {
      throw new AwsError('ScanNotFoundException', `Image scan does not exist for the image with '${JSON.stringify(id)}' in the repository with name '${repository.name}'`);
    }
    const counts = repository.findings.get(image.digest) ?? {};
    return {
      registryId: ACCOUNT,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest, imageTag: id.imageTag },
      imageScanStatus: { status: 'COMPLETE', description: 'The scan was completed successfully.' },
      imageScanFindings: {
        imageScanCompletedAt: image.pushedAt, vulnerabilitySourceUpdatedAt: image.pushedAt, findings: [], findingSeverityCounts: counts,
      },
    };
  }
}

function asImage(repository: ImageRepository, image: Image, imageTag?: string): any {
  return {
    registryId: ACCOUNT,
    repositoryName: repository.name,
    imageId: { imageDigest: image.digest, imageTag },
    imageManifest: image.manifest,
    imageManifestMediaType: image.mediaType,
  };
}

function required<T>(input: any, name: string): T {
  if (input[name] === undefined) throw new AwsError('InvalidParameterException', `Invalid parameter at '${name}' failed to satisfy constraint: 'Member must not be null'`);
  return input[name];
}

function parse(manifest: string): any {
  try {
    return JSON.parse(manifest);
  } catch {
    throw new AwsError('InvalidParameterException', 'Invalid parameter at \'imageManifest\': it is not JSON.');
  }
}

function notFound(imageId: ImageId): any {
  return { imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };
}

function missing(repository: ImageRepository, id: ImageId): AwsError {
  return new AwsError('ImageNotFoundException', `The image with imageId {imageDigest:'${id.imageDigest ?? null}', imageTag:'${id.imageTag ?? null}'} does not exist within the repository with name '${repository.name}' in the registry with id '${ACCOUNT}'`);
}

function hasStatus(image: Image, status: string | undefined): boolean {
  return !status || status === 'ANY' || (status === 'TAGGED') === (image.tags.size > 0);
}

function paged<T>(all: T[], { nextToken, maxResults = 100 }: { nextToken?: string; maxResults?: number }): { page: T[]; nextToken?: string } {
  const start = Number(nextToken ?? 0);
  const end = start + maxResults;
  return { page: all.slice(start, end), nextToken: end < all.length ? String(end) : undefined };
}

import { randomBytes } from 'node:crypto';
import { Resource, ResourceType } from '../contracts';
import { ImageRepository, Images, RepositorySettings } from './images';

/** AWS::ECR::Repository */
export class ImageRepositoryType implements ResourceType {
  constructor(private readonly images: Images) {}

  public async create(logicalId: string, props: any, stack: string): Promise<Resource> {
    const name = props.RepositoryName ?? `${stack}-${logicalId}-${randomBytes(6).toString('hex')}`.toLowerCase();
    return resource(this.images.create(name, settings(props)));
  }

  public async update(id: string, _oldProps: any, props: any, stack: string): Promise<Resource> {
    if (props.RepositoryName && props.RepositoryName !== id) {
      const replacement = await this.create(id, props, stack);
      await this.delete(id, props);
      return replacement;
    }
    const repository = this.images.get(id);
    repository.settings = settings(props);
    return resource(repository);
  }

  public async delete(id: string, props: any): Promise<void> {
    this.images.remove(id, String(props?.EmptyOnDelete) === 'true');
  }
}

function settings(props: any): RepositorySettings {
  return {
    mutability: props.ImageTagMutability ?? 'MUTABLE',
    exclusions: (props.ImageTagMutabilityExclusionFilters ?? []).map((filter: any) => filter.ImageTagMutabilityExclusionFilterValue),
    scanOnPush: String(props.ImageScanningConfiguration?.ScanOnPush) === 'true',
  };
}

function resource(repository: ImageRepository): Resource {
  return { id: repository.name, attributes: { Arn: repository.arn, RepositoryUri: repository.uri } };
}

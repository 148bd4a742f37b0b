import { Image, ImageRepository } from './images';

export type PutEvent = (event: { 'source': string; 'detail-type': string; 'resources': string[]; 'detail': any }) => Promise<void>;

/** What ECR emits after a push or PutImage, and after a deletion. */
export async function announceImage(putEvent: PutEvent, action: 'PUSH' | 'DELETE', repository: ImageRepository, image: Image, tag?: string): Promise<void> {
  await putEvent({
    'source': 'aws.ecr',
    'detail-type': 'ECR Image Action',
    'resources': [],
    'detail': {
      'result': 'SUCCESS',
      'repository-name': repository.name,
      'image-digest': image.digest,
      'action-type': action,
      ...tag === undefined ? {} : { 'image-tag': tag },
      'manifest-media-type': image.mediaType,
    },
  });
  if (action === 'PUSH' && repository.settings.scanOnPush) {
    await putEvent({
      'source': 'aws.ecr',
      'detail-type': 'ECR Image Scan',
      'resources': [repository.arn],
      'detail': {
        'scan-status': 'COMPLETE',
        'repository-name': repository.name,
        'finding-severity-counts': repository.findings.get(image.digest) ?? {},
        'image-digest': image.digest,
        'image-tags': [...image.tags],
      },
    });
  }
}

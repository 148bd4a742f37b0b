import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../sandbox/account';
import type { Image } from '../sandbox/account/ecr/images';
import type { Clone } from '../sandbox/scenario/developer';

/** ECR takes at most this many tags on one image: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
const TAGS_PER_IMAGE = 1000;

/** A file of some size, such as a team writes it; nothing refers to it, so Flux applies none of them. */
const FILE = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: NAME\ndata:\n  text: |\n${'    a line of a file that a team wrote some day\n'.repeat(16)}`;

/** Pushes that many files into one folder of a repository, and an overlay of as many lines. */
export async function addFiles(clone: Clone, folder: string, overlay: string, count: number): Promise<void> {
  mkdirSync(join(clone.folder, folder), { recursive: true });
  const literals = Array.from({ length: count }, (_, index) => `  - setting-${index}=${index}`);
  appendFileSync(join(clone.folder, overlay), ['configMapGenerator:', '- name: settings', '  literals:', ...literals, ''].join('\n'));
  for (let index = 0; index < count; index++) {
    writeFileSync(join(clone.folder, folder, `part-${index}.yaml`), FILE.replace('NAME', `part-${index}`));
  }
  await clone.git(['add', '--all']);
  await clone.git(['commit', '--quiet', '--message', `feat: ${count} files`]);
  await clone.git(['push', '--quiet', 'origin', 'HEAD:main']);
}

/** An image of its own that holds what another holds. */
export function addImage(account: Account, repository: string, from: Image, label: string, tag?: string): Image {
  const manifest = JSON.stringify({ ...JSON.parse(from.manifest), annotations: { 'org.opencontainers.image.title': label } });
  return account.images.get(repository).put(manifest, from.mediaType, tag);
}

/** That many tags of an environment, all of past years, on as many images as they need. */
export function addTags(account: Account, repository: string, from: Image, environment: string, count: number): void {
  const first = Date.UTC(2020, 0, 1);
  for (let index = 0; index < count; index++) {
    const time = new Date(first + index * 3_600_000).toISOString().replace(/\D/g, '');
    addImage(account, repository, from, `past ${Math.floor(index / TAGS_PER_IMAGE)}`, `${environment}-${time}-${index.toString(16).padStart(8, '0')}`);
  }
}

import type { Account } from '../../../sandbox/account';
import { parseEnvironmentTag } from '../../../src/delivery/deploy-handler/environment-tag';
import { ENVIRONMENTS, type EnvironmentTag, type Image } from '../history';

/** The image repository's images, each read from the registry with its layers. */
export async function readImages(account: Account, repository: string): Promise<Image[]> {
  return Promise.all([...account.images.get(repository).images.values()].map(async ({ digest, manifest, tags, pushedAt }) => ({
    digest, tags: [...tags], pushed: pushedAt * 1000, pullable: await isPullable(account.registry, repository, digest, manifest),
  })));
}

/** The tags by which environments' images are followed, or shielded. */
export function environmentTags(images: readonly Image[]): EnvironmentTag[] {
  return images.flatMap(({ digest, tags }) => tags.flatMap((tag) => ENVIRONMENTS.flatMap((environment) => {
    const parsed = parseEnvironmentTag(environment, tag);
    return parsed ? [{ environment, digest, time: parsed.time }] : [];
  })));
}

async function isPullable(registry: string, repository: string, digest: string, manifest: string): Promise<boolean> {
  const { config, layers = [], mediaType } = JSON.parse(manifest);
  const answers = await Promise.all([
    fetch(`http://${registry}/v2/${repository}/manifests/${digest}`, { headers: { accept: mediaType } }),
    ...[config, ...layers].map(async (blob: { digest: string }) => fetch(`http://${registry}/v2/${repository}/blobs/${blob.digest}`, { method: 'HEAD' })),
  ]);
  await Promise.all(answers.map(async (answer) => answer.arrayBuffer()));
  return answers.every(({ ok }) => ok);
}

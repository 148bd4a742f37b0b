import { FakeEcr, refused } from './fake-ecr';
import { digest, World } from './world';
import { ImageRepository } from '../../../src/delivery/deploy-handler/image-repository';
import type { Request } from '../../../src/delivery/deploy-handler/parse-job';
import { tagForLifecycle } from '../../../src/delivery/deploy-handler/tag-for-lifecycle';

const A = digest('a');
const B = digest('b');
const request = new World().parameters(B) as Request;
const TAG = 'production-20261124120000000-abcdef12';

function repository() {
  const ecr = new FakeEcr('mall/shop');
  [A, B].forEach((image) => ecr.images.add(image));
  return { ecr, images: new ImageRepository(ecr, 'mall/shop') };
}

test('tags an index as the index that it is', async () => {
  const { ecr, images } = repository();
  const image = await images.require(B);
  expect(image).toEqual({ digest: B, manifest: `manifest of ${B}`, mediaType: 'application/vnd.oci.image.index.v1+json' });
  expect(await images.tag(image, TAG)).toBe(true);
  expect(await images.tag(image, TAG)).toBe(true);
  expect([...ecr.tags]).toEqual([[TAG, B]]);
});

test('a tag that another image has is never moved; the next millisecond is taken', async () => {
  const { ecr, images } = repository();
  ecr.tags.set(TAG, A);
  expect(await tagForLifecycle(images, request, TAG)).toBe('production-20261124120000001-abcdef12');
  expect([...ecr.tags]).toEqual([[TAG, A], ['production-20261124120000001-abcdef12', B]]);
});

test('fails when other images have all the tags', async () => {
  const { ecr, images } = repository();
  for (let millisecond = 0; millisecond < 9; millisecond++) { ecr.tags.set(`production-2026112412000000${millisecond}-abcdef12`, A); }
  await expect(tagForLifecycle(images, request, TAG)).rejects.toThrow(`The tag ${TAG} and those after it are on other images.`);
});

test('tells ECR\'s limit, and passes on what it does not know', async () => {
  const { ecr, images } = repository();
  const image = await images.require(B);
  const throwing = (name: string) => new ImageRepository({ send: async () => { throw refused(name); } }, 'mall/shop').tag(image, TAG);
  await expect(throwing('LimitExceededException')).rejects.toThrow(/takes no further tag on sha256:bbbbbbbbbbbb in "mall\/shop"/);
  await expect(throwing('ThrottlingException')).rejects.toThrow('ThrottlingException of the fake');
  expect(ecr.tags.size).toBe(0);
});

test('lists an environment\'s tags in order, over pages, without those of others', async () => {
  const { ecr, images } = repository();
  ecr.pageSize = 2;
  for (const time of ['3', '1', '2']) {
    ecr.tags.set(`production-2026112412000000${time}-abcdef12`, A);
    ecr.tags.set(`production-eu-2026112412000000${time}-abcdef12`, A);
  }
  expect((await images.environmentTags('production')).map(({ tag }) => tag.slice(-10, -9))).toEqual(['1', '2', '3']);
});

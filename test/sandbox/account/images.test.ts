import { digestOf, ImageRepository } from '../../../sandbox/account/ecr/images';

const MEDIA_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const ONE = JSON.stringify({ config: { size: 1 }, layers: [{ size: 2 }, { size: 3 }] });
const TWO = JSON.stringify({ config: { size: 4 }, layers: [] });

function repository(mutability: string, exclusions: string[] = []): ImageRepository {
  return new ImageRepository('shop/shop', { mutability, exclusions, scanOnPush: false });
}

test('an image is found by tag and by digest', () => {
  const images = repository('IMMUTABLE');
  images.put(ONE, MEDIA_TYPE, 'a');
  images.put(ONE, MEDIA_TYPE, 'b');
  expect(images.find({ imageTag: 'b' })).toMatchObject({ digest: digestOf(ONE), size: 6, tags: new Set(['a', 'b']) });
  expect(images.find({ imageDigest: digestOf(ONE), imageTag: 'c' })).toBeUndefined();
});

test('the same again is said to exist', () => {
  const images = repository('MUTABLE');
  images.put(ONE, MEDIA_TYPE, 'a');
  expect(() => images.put(ONE, MEDIA_TYPE, 'a')).toThrow(expect.objectContaining({ name: 'ImageAlreadyExistsException' }));
});

test('a tag moves where tags are mutable', () => {
  const images = repository('MUTABLE');
  images.put(ONE, MEDIA_TYPE, 'a');
  images.put(TWO, MEDIA_TYPE, 'a');
  expect(images.find({ imageTag: 'a' })!.digest).toEqual(digestOf(TWO));
  expect(images.find({ imageDigest: digestOf(ONE) })!.tags.size).toEqual(0);
});

test.each([
  ['IMMUTABLE', [], 'latest', false],
  ['IMMUTABLE_WITH_EXCLUSION', ['lat*'], 'latest', true],
  ['IMMUTABLE_WITH_EXCLUSION', ['lat*'], 'build-1', false],
  ['MUTABLE_WITH_EXCLUSION', ['build-*'], 'build-1', false],
  ['MUTABLE_WITH_EXCLUSION', ['build-*'], 'latest', true],
])('with %s and exclusions %j the tag %s may move: %s', (mutability, exclusions, tag, mutable) => {
  const images = repository(mutability, exclusions);
  images.put(ONE, MEDIA_TYPE, tag);
  const move = () => images.put(TWO, MEDIA_TYPE, tag);
  if (mutable) expect(move()).toMatchObject({ digest: digestOf(TWO) });
  else expect(move).toThrow(expect.objectContaining({ name: 'ImageTagAlreadyExistsException' }));
});

import { type Image, type Invariant, short } from '../history';
import { expired } from '../lifecycle/lifecycle-policy';

const YEAR = 365 * 24 * 3600_000;

/** More than any rule keeps of builds that nothing ran */
const MORE_BUILDS = 1_000;

/** Nothing that was promoted was expired or deleted, nor ever will be. */
export const imagesKept: Invariant = {
  name: 'nothing that was promoted was expired or deleted',
  check: ({ main, tags, images, lifecyclePolicy }) => {
    const promoted = new Set([...main.flatMap(({ digests }) => Object.values(digests)), ...tags.map(({ digest }) => digest)]);
    const latest = Math.max(0, ...images.map(({ pushed }) => pushed));
    const later = [...images, ...moreBuilds(latest)];
    const gone = expired(lifecyclePolicy, later, latest + 10 * YEAR);
    return [...promoted].flatMap((digest) => {
      const image = images.find((one) => one.digest === digest);
      if (!image) return [`${short(digest)} was promoted, and the image repository does not have it`];
      if (!image.pullable) return [`${short(digest)} was promoted, and its manifest or a layer cannot be read`];
      return gone.has(digest) ? [`${short(digest)} was promoted, and the lifecycle policy would expire it in ten years and ${MORE_BUILDS} builds: it has the tags ${image.tags.join(', ')}`] : [];
    });
  },
};

function moreBuilds(since: number): Image[] {
  return Array.from({ length: MORE_BUILDS }, (_, index) => (
    { digest: `later build ${index}`, tags: [`build-29990101000000-${String(index).padStart(8, '0')}`], pushed: since + 1 + index, pullable: true }));
}

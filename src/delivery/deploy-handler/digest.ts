/** The digests that ECR gives. */
export const DIGEST_PATTERN = /^sha256:[0-9a-f]{64}$/;

/** A digest as people compare it. */
export function shortDigest(digest: string): string {
  return DIGEST_PATTERN.test(digest) ? digest.slice(0, 'sha256:'.length + 12) : digest;
}

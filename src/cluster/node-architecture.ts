/**
 * The processor architecture of the worker nodes, and so of the images that run on them.
 */
export enum NodeArchitecture {
  /** AWS Graviton. */
  ARM64 = 'arm64',

  /** Intel and AMD. */
  AMD64 = 'amd64',
}

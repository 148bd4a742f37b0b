/** How this process and kwok's stages talk about a pod */
export const ANNOTATIONS = {
  /** What a pod that a process stands for is doing: see `ProcessState` */
  process: 'sandbox.cdk-gitops-pipeline/process',
  /** How the pod's image fails: see `ImageFault` */
  fault: 'sandbox.cdk-gitops-pipeline/fault',
} as const;

export type ProcessState = 'pending' | 'ready' | 'crashing' | 'stopped';

/** Says which kind of node a node is, and a pod needs */
export const NODE_LABEL = 'sandbox.cdk-gitops-pipeline/node';

/** Where Flux is installed */
export const FLUX_NAMESPACE = 'flux-system';

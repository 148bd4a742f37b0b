import type { Execution } from '../../sandbox/scenario/pipeline-desk';

/** The environments of the shop, in the order in which a commit meets them */
export const ENVIRONMENTS = ['staging', 'production'] as const;

export type EnvironmentName = typeof ENVIRONMENTS[number];

/** A digest that the cluster was asked to run, when it was first seen */
export interface Sighting {
  readonly environment: EnvironmentName;
  readonly digest: string;
  /** Milliseconds since the epoch, as everywhere here. */
  readonly time: number;
  /** What named it, e.g. `ReplicaSet shop-5d4f`. */
  readonly object: string;
}

/** One run of one action of the pipeline */
export interface ActionRun {
  readonly execution: string;
  readonly stage: string;
  readonly action: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';
  readonly started: number;
  readonly ended: number;
  /** What a build made, or a deployment is about. */
  readonly digest?: string;
  /** Why it failed. */
  readonly reason?: string;
  /** What it told of itself last. */
  readonly summary?: string;
}

/** A person said yes */
export interface Approval {
  readonly execution: string;
  readonly time: number;
}

/** A commit of the infrastructure repository's main branch */
export interface Commit {
  readonly id: string;
  /** Git counts seconds, so this is at most one second too early. */
  readonly time: number;
  readonly message: string;
  /** What each environment's overlay names there; absent before the first promotion. */
  readonly digests: Partial<Record<EnvironmentName, string>>;
}

/** A commit that a person pushed, with the files as the person left them */
export interface PersonCommit {
  readonly id: string;
  readonly files: Readonly<Record<string, string>>;
}

/** A tag by which the newest digest of an environment is followed */
export interface EnvironmentTag {
  readonly environment: EnvironmentName;
  readonly digest: string;
  readonly time: number;
}

/** What an environment runs when everything is at rest */
export interface Running {
  /** What the Deployment names. */
  readonly digest?: string;
  readonly wanted: number;
  /** Digests of the pods that are ready. */
  readonly ready: string[];
  /** The walk made this image fail there. */
  readonly broken: boolean;
}

/** An image as the image repository holds it */
export interface Image {
  readonly digest: string;
  readonly tags: string[];
  readonly pushed: number;
  /** Whether its manifest and every layer can be read. */
  readonly pullable: boolean;
}

/** All that was seen until everything was at rest; the invariants judge this and nothing else */
export interface History {
  readonly sightings: Sighting[];
  readonly runs: ActionRun[];
  readonly executions: Execution[];
  readonly approvals: Approval[];
  /** The first parents from the first commit to the head. */
  readonly main: Commit[];
  /** Everything that the head contains, by whatever parent. */
  readonly reachable: ReadonlySet<string>;
  /** In the order in which they were pushed. */
  readonly personCommits: PersonCommit[];
  /** Files of the head. */
  readonly files: Readonly<Record<string, string | undefined>>;
  readonly tags: EnvironmentTag[];
  readonly running: Readonly<Record<EnvironmentName, Running>>;
  readonly images: Image[];
  /** The image repository's lifecycle policy, as the template has it. */
  readonly lifecyclePolicy: string;
  /** Calls to AWS that were refused: who, what, on which resource. */
  readonly refused: string[];
}

/** Something that must hold whenever everything is at rest */
export interface Invariant {
  readonly name: string;
  /** One sentence for each violation. */
  check(history: History): string[];
}

export function short(digest: string | undefined): string {
  return digest === undefined ? 'nothing' : digest.replace('sha256:', '').slice(0, 12);
}

import { Project } from './project';

export type BuildStatus = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'TIMED_OUT' | 'STOPPED';

export interface BuildPhase {
  readonly phaseType: string;
  readonly started: Date;
  ended?: Date;
  status?: BuildStatus;
  /** Why it failed. */
  message?: string;
}

/** What a build was started with. */
export interface BuildRequest {
  readonly source: { readonly bucket: string; readonly key: string };
  /** The commit that the source is of. */
  readonly resolvedSourceVersion?: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly initiator: string;
}

export interface Build {
  readonly id: string;
  readonly arn: string;
  readonly number: number;
  readonly project: Project;
  readonly request: BuildRequest;
  readonly started: Date;
  readonly logFile: string;
  readonly logStream: string;
  readonly phases: BuildPhase[];
  readonly reportArns: string[];
  exported: { name: string; value: string }[];
  status: BuildStatus;
  ended?: Date;
}

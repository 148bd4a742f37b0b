import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Build, BuildRequest } from './build';
import { Project } from './project';
import { BuildEnds, runBuild } from './run-build';
import { arn } from '../../account/constants';
import { AwsError } from '../../account/contracts';

/** The build projects of the template and their builds. */
export class Builds {
  public readonly projects = new Map<string, Project>();
  private readonly builds = new Map<string, Build>();
  private readonly byToken = new Map<string, Build>();
  private readonly running = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>();

  constructor(private readonly dir: string, private readonly ends: BuildEnds, private readonly onChange: (build: Build) => void = () => {}) {}

  public async start(projectName: string, request: BuildRequest, token?: string): Promise<Build> {
    const project = this.projects.get(projectName);
    if (!project) {
      throw new AwsError('ResourceNotFoundException', `Project cannot be found: ${arn('codebuild', `project/${projectName}`)}`);
    }
    const same = token === undefined ? undefined : this.byToken.get(token);
    if (same) {
      return same;
    }
    const build = this.make(project, request);
    if (token !== undefined) {
      this.byToken.set(token, build);
    }
    await mkdir(join(this.dir, 'logs'), { recursive: true });
    const controller = new AbortController();
    this.onChange(build);
    const done = runBuild(build, join(this.dir, 'builds', String(build.number)), this.ends, controller.signal)
      .finally(() => {
        this.running.delete(build.id);
        this.onChange(build);
      });
    this.running.set(build.id, { controller, done });
    return build;
  }

  public find(id: string): Build | undefined {
    return this.builds.get(id);
  }

  /** Resolves when a build runs no more. */
  public async ended(id: string): Promise<void> {
    await this.running.get(id)?.done;
  }

  public async stop(id: string): Promise<void> {
    const running = this.running.get(id);
    running?.controller.abort(new Error('The build was stopped.'));
    await running?.done;
  }

  public async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
  }

  private make(project: Project, request: BuildRequest): Build {
    const uuid = randomUUID();
    const id = `${project.name}:${uuid}`;
    const number = this.builds.size + 1;
    const build: Build = {
      id,
      arn: arn('codebuild', `build/${id}`),
      number,
      project,
      request,
      started: new Date(),
      logFile: join(this.dir, 'logs', `build-${number}.log`),
      logStream: uuid,
      phases: [],
      reportArns: [],
      exported: [],
      status: 'IN_PROGRESS',
    };
    this.builds.set(id, build);
    return build;
  }
}

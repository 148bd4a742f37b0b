import { Answer, Told } from './answer';
import { shortDigest } from './digest';
import { environmentFiles, EnvironmentFiles } from './environment-files';
import { Ecr, ImageRepository } from './image-repository';
import { InfrastructureRepository } from './infrastructure-repository';
import { Request } from './parse-job';
import { PromotionByCommit } from './promote-by-commit';
import { PromotionByTag } from './promote-by-tag';
import { Promotions } from './promotions';
import { Refusal, sentence } from './refusal';
import { Phase, Promotion, State } from './state';
import { tagForLifecycle } from './tag-for-lifecycle';
import { watch, Watched } from './watch';
import { NOT_RELEASED } from '../../flux/manifests/names';
import { KubernetesApi } from '../../kubernetes/kubernetes-api';
import { Clock } from '../../kubernetes/retry';
import { CodeCommit } from '../../source/repository-files-handler/commit';

/** What of a logger is used. */
export interface Log {
  info(message: string, extra: Record<string, unknown>): void;
  warn(message: string, extra: Record<string, unknown>): void;
}

/** All that a deployment reaches. */
export interface Services {
  readonly codeCommit: CodeCommit;
  readonly ecr: Ecr;
  readonly kubernetes: KubernetesApi;
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: string;
  readonly repository: string;
  readonly branch: string;
  /** Answers the job before its end; false when it is over. */
  readonly tell: (told: Told) => Promise<boolean>;
  /** How long the invocation may still watch, in milliseconds. */
  readonly window: () => number;
}

/** Unexpected errors in a row, each answered by being called again, before the deployment is given up. */
const ATTEMPTS = 5;

type Step = { readonly answer: Answer } | { readonly state: State };

/** Takes a deployment as far as one invocation can. */
export function deploy(request: Request, state: State, services: Services): Promise<Answer> {
  return new Deployment(request, state.deployment, services).run(state);
}

class Deployment {
  private readonly images: ImageRepository;
  private readonly repository: InfrastructureRepository;
  private readonly files: EnvironmentFiles;
  private readonly promotions: Promotions;

  constructor(private readonly request: Request, deployment: string, private readonly services: Services) {
    const { clock, platform, branch, codeCommit, ecr } = services;
    this.images = new ImageRepository(ecr, request.imageRepository);
    this.repository = new InfrastructureRepository(codeCommit, services.repository, branch, clock);
    this.files = environmentFiles(platform, request.application, request.environment);
    const common = { request, repository: this.repository, files: this.files, clock };
    this.promotions = request.promotion === 'tag'
      ? new PromotionByTag({ ...common, images: this.images })
      : new PromotionByCommit({ ...common, deployment });
  }

  async run(start: State): Promise<Answer> {
    let state = start;
    for (;;) {
      try {
        const step = await this.step(state);
        if ('answer' in step) { return step.answer; }
        this.services.log.info(`${state.phase} → ${step.state.phase}`, { state: step.state });
        state = step.state;
      } catch (error) {
        const after = this.recover(state, error);
        if ('answer' in after) { return after.answer; }
        state = after.state;
      }
    }
  }

  private step(state: State): Promise<Step> {
    switch (state.phase) {
      case 'promote': return this.promote(state);
      case 'watch': return this.watch(state);
      case 'put back': return state.since === undefined ? this.putBack(state) : this.watchPutBack(state, state.since);
    }
  }

  private async promote(state: Phase<'promote'>): Promise<Step> {
    await this.images.require(this.request.digest);
    const promotion = await this.promotions.promote(state.asked);
    if ('kind' in promotion) {
      const asked = { at: this.services.clock.now(), previous: promotion.previous };
      return this.ifWanted({ kind: 'continue', summary: `promoting ${this.what()} again`, state: { ...state, asked } }, () => this.promotions.promoteAgain());
    }
    this.services.log.info('promoted', { promotion });
    return { state: { phase: 'watch', deployment: state.deployment, attempts: 0, promotion, tagged: this.request.promotion === 'tag' } };
  }

  private async watch(state: Phase<'watch'>): Promise<Step> {
    const { promotion } = state;
    if (!state.tagged) {
      const tag = promotion.tag && await tagForLifecycle(this.images, this.request, promotion.tag);
      return { state: { ...state, tagged: true, promotion: { ...promotion, tag } } };
    }
    // also right after promoting: that may have been in an invocation that went on from there, and was cut off
    const standing = await this.promotions.standing(promotion);
    if (standing.kind === 'superseded') {
      return { answer: { kind: 'failed', message: `${this.what()} was not seen through: ${standing.by} came since and stays.` } };
    }
    if (standing.kind === 'put back') {
      const reason = standing.reason ?? `${standing.by} put back what ran before`;
      return { state: this.toPutBack(state, reason, this.services.clock.now()) };
    }
    const { decision, held } = await this.look(this.request.imageUri, this.request.digest, promotion.at, state);
    switch (decision.kind) {
      case 'complete':
        return { answer: { kind: 'succeeded', summary: `${this.what()} runs, promoted by ${this.record(promotion)}.`, commit: promotion.commit } };
      case 'failed': return { state: this.toPutBack(state, decision.reason) };
      case 'pending': return { answer: { kind: 'continue', summary: decision.reason, state: { ...state, attempts: 0, held } } };
    }
  }

  private async putBack(state: Phase<'put back'>): Promise<Step> {
    const { promotion, reason } = state;
    const nothing = this.nothingToPutBack(promotion);
    if (nothing) { return this.failed(reason, nothing); }
    const standing = this.promotions.remembersPutBack ? await this.promotions.putBack(promotion, reason) : await this.promotions.standing(promotion);
    if (standing.kind === 'promoted') {
      return this.ifWanted({ kind: 'continue', summary: `putting back: ${reason}`, state }, () => this.promotions.putBack(promotion, reason));
    }
    if (standing.kind === 'superseded') {
      return this.failed(reason, `nothing was put back, since ${standing.by} came meanwhile and stays`);
    }
    this.services.log.warn('put back', { reason, standing });
    return { state: { ...state, attempts: 0, since: this.services.clock.now(), held: undefined } };
  }

  private async watchPutBack(state: Phase<'put back'>, since: number): Promise<Step> {
    const { promotion, reason } = state;
    const { digest, name } = promotion.previous;
    const back = `${shortDigest(digest)} was put back`;
    const standing = await this.promotions.standing(promotion);
    if (standing.kind !== 'put back') {
      const by = standing.kind === 'superseded' ? standing.by : 'somebody';
      return this.failed(reason, `${back}, and then ${by} changed it again`);
    }
    const { decision, held } = await this.look(name ?? this.request.imageUri, digest, since, state);
    switch (decision.kind) {
      case 'complete': return this.failed(reason, `${this.request.environment} runs ${shortDigest(digest)} again`);
      case 'failed': return this.failed(reason, `${back}, but could not be seen running: ${decision.reason}`);
      case 'pending':
        return { answer: { kind: 'continue', summary: `${reason}; ${back}, ${decision.reason}`, state: { ...state, attempts: 0, held } } };
    }
  }

  /**
   * Does what the record could not tell to have been done before, for a job that has never been answered.
   *
   * The answer comes first, so that the same event, coming once more, finds the job over; the next invocation sees what was done.
   */
  private async ifWanted(answer: Told, act: () => Promise<unknown>): Promise<Step> {
    if (!await this.services.tell(answer)) { return { answer: { kind: 'told', why: 'the job is over' } }; }
    await act();
    return { answer: { kind: 'told', why: 'the next invocation goes on' } };
  }

  private look(imageUri: string, digest: string, since: number, { held }: Phase<'watch' | 'put back'>): Promise<Watched> {
    const { kubernetes, clock, window } = this.services;
    return watch({ request: this.request, kubernetes, repository: this.repository, files: this.files, clock, window },
      { imageUri, digest }, since + this.request.timeout * 1000, held);
  }

  /** A refusal ends the deployment; after anything else the next invocation tries again, a few times. */
  private recover(state: State, error: unknown): Step {
    const message = sentence(error);
    this.services.log.warn('error', { phase: state.phase, attempts: state.attempts, error: message });
    const final = error instanceof Refusal || state.attempts + 1 >= ATTEMPTS;
    if (!final) {
      return { answer: { kind: 'continue', summary: message, state: { ...state, attempts: state.attempts + 1 } } };
    }
    switch (state.phase) {
      case 'promote': return { answer: { kind: 'failed', message: `${this.what()} was not promoted: ${message}` } };
      case 'watch': return { state: this.toPutBack(state, message) };
      case 'put back': return this.failed(state.reason, `${shortDigest(state.promotion.previous.digest)} could not be ${state.since ? 'seen running again' : 'put back'}: ${message}`);
    }
  }

  private toPutBack({ deployment, promotion }: Phase<'watch'>, reason: string, since?: number): State {
    return { phase: 'put back', deployment, attempts: 0, promotion, reason, since };
  }

  private nothingToPutBack({ previous, tag, commit }: Promotion): string | undefined {
    const { environment, digest } = this.request;
    if (previous.digest === NOT_RELEASED) {
      return `it is the first deployment of ${environment}, so there is nothing to go back to: ${shortDigest(digest)} stays as it is until the next one`;
    }
    if (previous.digest === digest) {
      return `${environment} was on this image before (${commit ? `commit ${commit.slice(0, 8)}` : `tag ${tag}`}), so there is nothing to go back to`;
    }
    return undefined;
  }

  private failed(reason: string, done: string): Step {
    return { answer: { kind: 'failed', message: `${this.what()} did not run: ${reason}; now ${done}.` } };
  }

  private record({ commit, tag }: Promotion): string {
    return commit ? `commit ${commit.slice(0, 8)}` : `tag ${tag}`;
  }

  private what(): string {
    const { application, environment, digest, tag } = this.request;
    return `${application} ${tag} (${shortDigest(digest)}) in ${environment}`;
  }
}

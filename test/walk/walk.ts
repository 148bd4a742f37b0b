import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENVIRONMENTS, type History } from './history';
import { INVARIANTS } from './invariants';
import { claims, deployments } from './invariants/claims';
import { Collector } from './observe/collect';
import { plan } from './plan';
import { rest } from './rest';
import { type Settings, STEPS_BETWEEN_RESTS } from './settings';
import type { World } from './world';

/** Where a failed walk leaves its steps and the history that was judged */
const REPORTS = join(__dirname, '../../test-reports/walk');

/** How many of the last steps an error message tells */
const LAST_STEPS = 30;

/** Told what happens, a line each */
export interface Listener {
  readonly onStep: (line: string) => void;
  readonly onRest: (line: string) => void;
}

/** What a walk came to */
export type WalkFigures = Record<string, number>;

/** Walks at random, rests now and then, and judges at each rest all that happened until then */
export class Walk {
  private readonly told: string[] = [];
  private readonly started = Date.now();
  private rests = 0;
  private history?: History;

  constructor(private readonly world: World, private readonly settings: Settings, private readonly listener: Listener) {}

  public async run(): Promise<WalkFigures> {
    const collector = new Collector(this.world);
    const steps = plan(this.settings);
    for (const [index, { step, pause }] of steps.entries()) {
      const number = index + 1;
      await this.orFail(number, async () => {
        this.tell(`${number} of ${steps.length}: ${step.name}: ${await this.orName(step.name, async () => step.run(this.world))}`, this.listener.onStep);
        await sleep(pause);
        if (number % STEPS_BETWEEN_RESTS === 0 || number === steps.length) await this.rest(collector, number);
      });
    }
    return this.figures();
  }

  private async rest(collector: Collector, number: number): Promise<void> {
    const before = Date.now();
    await rest(this.world);
    this.tell(`${number} of ${this.settings.steps}: at rest after ${Math.round((Date.now() - before) / 1000)} s`, this.listener.onRest);
    const history = this.history = await collector.collect();
    const violations = INVARIANTS.flatMap(({ name, check }) => check(history).map((violation) => `${name}: ${violation}`));
    this.rests += 1;
    if (violations.length > 0) throw new Error(violations.join('\n  '));
  }

  private async orName(step: string, act: () => Promise<string>): Promise<string> {
    try {
      return await act();
    } catch (error) {
      throw new Error(`"${step}" could not be done: ${error}`, { cause: error });
    }
  }

  private async orFail(number: number, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      throw new Error(this.report(number, error as Error), { cause: error });
    }
  }

  private report(number: number, { message }: Error): string {
    const { steps, seed } = this.settings;
    mkdirSync(REPORTS, { recursive: true });
    const files = { steps: join(REPORTS, `steps-${seed}.log`), history: join(REPORTS, `history-${seed}.json`) };
    writeFileSync(files.steps, this.told.join('\n'));
    writeFileSync(files.history, JSON.stringify(this.history, (_key, value) => value instanceof Set ? [...value] : value, 2));
    return [
      `The walk of ${steps} steps with the seed ${seed} failed at step ${number}:`, `  ${message}`,
      `To repeat it: WALK_SEED=${seed} WALK_STEPS=${number}`,
      'What was decided last, and what the pipeline says of it:', ...this.decisions(),
      'The last steps:', ...this.told.slice(-LAST_STEPS).map((line) => `  ${line}`),
      `All of them, and the history that was judged: ${files.steps}, ${files.history}`,
    ].join('\n');
  }

  private decisions(): string[] {
    const { history } = this;
    if (!history) return ['  nothing was judged yet'];
    return ENVIRONMENTS.flatMap((environment) => claims(history, environment).slice(-4).map(({ by, what, digest, execution, time }) => {
      const run = deployments(history, environment).filter((one) => one.execution === execution).at(-1);
      return `  ${new Date(time).toISOString()} ${environment}: ${by} of ${digest} by ${what}${run ? `, whose deployment ${run.status}${run.reason ? `: ${run.reason}` : ''}` : ''}`;
    }));
  }

  private tell(line: string, listener: (line: string) => void): void {
    const timed = `${new Date().toISOString()} (${Math.round((Date.now() - this.started) / 1000)} s) ${line}`;
    this.told.push(timed);
    listener(timed);
  }

  private figures(): WalkFigures {
    const history = this.history!;
    const all = ENVIRONMENTS.flatMap((environment) => claims(history, environment));
    const by = (kind: string) => all.filter((claim) => claim.by === kind).length;
    const executions = (status: string) => history.executions.filter((execution) => execution.status === status).length;
    return {
      'steps': this.settings.steps,
      'seed': this.settings.seed,
      'executions': history.executions.length,
      'executions that succeeded': executions('Succeeded'),
      'executions that failed': executions('Failed'),
      'executions that a newer one overtook': executions('Superseded'),
      'promotions': by('promotion'),
      'put-backs': by('put back'),
      'changes of a digest by people': by('person'),
      ...Object.fromEntries([...this.world.counts].sort(([a], [b]) => a.localeCompare(b))),
      'functions killed, time-outs included': this.world.sandbox.account.functions.killed,
      'times at rest': this.rests,
      'invariants checked': this.rests * INVARIANTS.length,
    };
  }
}

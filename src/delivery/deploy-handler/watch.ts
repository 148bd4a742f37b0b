import { blockedBy, clusterError, fluxObjectsBefore, readCluster } from './cluster-view';
import { EnvironmentFiles, overlayDigest } from './environment-files';
import { Decision, decide, Verdict } from './finding';
import { InfrastructureRepository } from './infrastructure-repository';
import { Request } from './parse-job';
import { judge, Target } from './rollout';
import { Held } from './state';
import { KubernetesApi } from '../../kubernetes/kubernetes-api';
import { Clock } from '../../kubernetes/retry';

export interface WatchProps {
  readonly request: Request;
  readonly kubernetes: KubernetesApi;
  readonly repository: InfrastructureRepository;
  readonly files: EnvironmentFiles;
  readonly clock: Clock;
  /** How long this invocation may still look, in milliseconds. */
  readonly window: () => number;
}

export interface Watched {
  readonly decision: Decision;
  readonly held?: Held;
}

/** An ordinary rollout is over within seconds; a slow one needs no close look. */
const CLOSE_LOOK = 10_000;
const POLL = { close: 500, wide: 1_000 };

/** Looks at the cluster until the rollout is complete or has failed, or the window is over. */
export async function watch(props: WatchProps, target: Target, deadline: number, before: Held | undefined): Promise<Watched> {
  const { clock } = props;
  const start = clock.now();
  const window = props.window();
  const isTarget = targetCommits(props, target);
  let held = before;
  for (;;) {
    const verdict = await look(props, target, isTarget);
    const now = clock.now();
    const weighed = decide(verdict, held, now);
    held = weighed.held;
    if (weighed.decision.kind !== 'pending') { return weighed; }
    const { reason, complete } = weighed.decision;
    if (now >= deadline && !complete) { return { decision: { kind: 'failed', reason: `it was not complete in time: ${await explain(props, reason)}` } }; }
    if (now - start >= window) { return { decision: { kind: 'pending', reason: await explain(props, reason), complete }, held }; }
    await clock.sleep(now - start < CLOSE_LOOK ? POLL.close : POLL.wide);
  }
}

async function look(props: WatchProps, target: Target, isTarget: (commit: string) => Promise<boolean>): Promise<Verdict> {
  const { request, kubernetes } = props;
  try {
    const view = await readCluster({ kubernetes, name: `${request.application}-${request.environment}`, namespace: request.namespace, isTarget });
    return judge(view, target);
  } catch (error) {
    const finding = clusterError(error);
    if (!finding) { throw error; }
    return { findings: [finding], settle: 0 };
  }
}

/** A revision is at or after the promotion when its overlay names the digest: one call, however many commits came between. */
function targetCommits({ repository, files }: WatchProps, target: Target): (commit: string) => Promise<boolean> {
  const known = new Map<string, boolean>();
  return async (commit) => {
    const answer = known.get(commit) ?? overlayDigest(files, await repository.file(commit, files.overlay)) === target.digest;
    known.set(commit, answer);
    return answer;
  };
}

async function explain({ kubernetes, request }: WatchProps, reason: string): Promise<string> {
  if (!reason.startsWith('Flux has not applied')) { return reason; }
  const blocked = await blockedBy(kubernetes, fluxObjectsBefore(request.application, request.environment, request.promotion === 'tag'));
  return blocked ? `${reason}; ${blocked}` : reason;
}

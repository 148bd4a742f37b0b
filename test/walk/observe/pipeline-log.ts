import type { Delivery } from '../../../sandbox/delivery';
import type { Change } from '../../../sandbox/delivery/pipeline/pipeline';
import type { ActionRun } from '../history';

/** Told when a build has made an image */
export type OnBuilt = (commit: string, digest: string) => void;

/** Takes note of every run of every action of a pipeline, also of those that a later one takes the place of */
export class PipelineLog {
  private readonly byId = new Map<string, ActionRun>();

  /** @param onBuilt called before the image goes anywhere */
  constructor(delivery: Delivery, pipelineName: string, private readonly onBuilt: OnBuilt) {
    delivery.on('change', (change) => {
      if (change.pipeline.name === pipelineName) this.note(change);
    });
  }

  public get runs(): ActionRun[] {
    return [...this.byId.values()];
  }

  private note({ execution, stage, action }: Change): void {
    if (!stage || !action) return;
    const digest = action.variables.IMAGE_DIGEST ?? digestOf(action.configuration.UserParameters);
    this.byId.set(action.id, {
      execution: execution.id,
      stage: stage.name,
      action: action.name,
      status: action.status,
      started: action.started.getTime(),
      ended: action.changed.getTime(),
      digest,
      reason: action.error?.message,
      summary: action.summary,
    });
    if (action.name === 'Build' && action.status === 'Succeeded' && digest) this.onBuilt(execution.namespaces.Source.CommitId, digest);
  }
}

function digestOf(parameters: string | undefined): string | undefined {
  return /"digest":"(sha256:[0-9a-f]{64})"/.exec(parameters ?? '')?.[1];
}

import { Pipeline } from './pipeline/pipeline';

/** Starts the pipeline of an EventBridge target. */
export function startByEvent(pipelines: ReadonlyMap<string, Pipeline>, target: { Arn: string; RoleArn: string; Input?: string }): void {
  const name = target.Arn.split(':').at(-1)!;
  const pipeline = pipelines.get(name);
  if (!pipeline) {
    throw new Error(`The EventBridge target ${target.Arn} is no pipeline of the sandbox.`);
  }
  const { variables = [], sourceRevisions } = JSON.parse(target.Input ?? '{}');
  pipeline.start({
    trigger: { triggerType: 'CloudWatchEvent', triggerDetail: target.RoleArn },
    variables: Object.fromEntries(variables.map((variable: { name: string; value: string }) => [variable.name, variable.value])),
    sourceRevisions,
  });
}

import { ActionRunner } from './action-runner';
import { pipelineDefinition } from './definition';
import { Change, Pipeline } from './pipeline';
import { ResourceType } from '../../account/contracts';

/** `AWS::CodePipeline::Pipeline`: makes the pipeline that the template defines and starts its first execution */
export class PipelineResource implements ResourceType {
  constructor(
    private readonly pipelines: Map<string, Pipeline>,
    private readonly runners: Readonly<Record<string, ActionRunner>>,
    private readonly onChange: (change: Change) => void,
  ) {}

  public async create(logicalId: string, props: any, stack: string) {
    const definition = this.define({ ...props, Name: props.Name ?? `${stack}-${logicalId}` });
    if (this.pipelines.has(definition.name)) {
      throw new Error(`A pipeline with the name ${definition.name} exists already.`);
    }
    const pipeline = new Pipeline(definition, this.runners, this.onChange);
    this.pipelines.set(definition.name, pipeline);
    pipeline.start({ trigger: { triggerType: 'CreatePipeline', triggerDetail: stack } });
    return this.resource(pipeline);
  }

  public async update(id: string, oldProps: any, props: any, stack: string) {
    if (props.Name !== undefined && props.Name !== id) {
      const replacement = await this.create(id, props, stack);
      await this.delete(id);
      return replacement;
    }
    const pipeline = this.pipelines.get(id)!;
    const definition = this.define({ ...props, Name: id });
    if (JSON.stringify(oldProps) !== JSON.stringify(props)) {
      pipeline.update(definition);
    }
    if (definition.restartOnUpdate) {
      pipeline.start({ trigger: { triggerType: 'UpdatePipeline', triggerDetail: stack } });
    }
    return this.resource(pipeline);
  }

  public async delete(id: string) {
    const pipeline = this.pipelines.get(id);
    this.pipelines.delete(id);
    await pipeline?.close();
  }

  private define(props: any) {
    return pipelineDefinition(props, Object.keys(this.runners));
  }

  private resource(pipeline: Pipeline) {
    return { id: pipeline.definition.name, attributes: { Version: String(pipeline.version) } };
  }
}

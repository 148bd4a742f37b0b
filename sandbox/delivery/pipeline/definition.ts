import { z } from 'zod';
import { boolean, text } from '../cloudformation-values';

const artifact = z.object({ Name: z.string() }).transform(({ Name }) => Name);

const action = z.strictObject({
  Name: z.string(),
  ActionTypeId: z.object({ Category: z.string(), Owner: z.string(), Provider: z.string(), Version: text }),
  Configuration: z.record(z.string(), text).default({}),
  InputArtifacts: z.array(artifact).default([]),
  OutputArtifacts: z.array(artifact).default([]),
  Namespace: z.string().optional(),
  RoleArn: z.string().optional(),
  RunOrder: z.coerce.number().default(1),
  TimeoutInMinutes: z.coerce.number().optional(),
  Region: z.string().optional(),
}).transform((raw) => ({
  name: raw.Name,
  provider: `${raw.ActionTypeId.Category}/${raw.ActionTypeId.Provider}`,
  actionTypeId: {
    category: raw.ActionTypeId.Category, owner: raw.ActionTypeId.Owner, provider: raw.ActionTypeId.Provider, version: raw.ActionTypeId.Version,
  },
  configuration: raw.Configuration,
  inputArtifacts: raw.InputArtifacts,
  outputArtifacts: raw.OutputArtifacts,
  namespace: raw.Namespace,
  roleArn: raw.RoleArn,
  runOrder: raw.RunOrder,
  timeoutMinutes: raw.TimeoutInMinutes,
}));

const stage = z.strictObject({ Name: z.string(), Actions: z.array(action).min(1) })
  .transform((raw) => ({ name: raw.Name, actions: raw.Actions }));

const store = z.object({
  Type: z.literal('S3'),
  Location: z.string(),
  EncryptionKey: z.object({ Id: z.string(), Type: z.literal('KMS') }).optional(),
}).transform((raw) => ({ bucket: raw.Location, encryptionKey: raw.EncryptionKey?.Id }));

// Strict, since a property that the sandbox would ignore silently is a pipeline that it does not really run.
const properties = z.strictObject({
  Name: z.string(),
  RoleArn: z.string(),
  PipelineType: z.literal('V2', 'only V2 pipelines are run'),
  ExecutionMode: z.enum(['SUPERSEDED', 'QUEUED', 'PARALLEL']).default('SUPERSEDED'),
  RestartExecutionOnUpdate: boolean.default(false),
  Stages: z.array(stage).min(2),
  ArtifactStore: store,
  Variables: z.array(z.object({ Name: z.string(), DefaultValue: text.optional() })).default([]),
  Tags: z.unknown().optional(),
}).transform((raw) => ({
  name: raw.Name,
  roleArn: raw.RoleArn,
  executionMode: raw.ExecutionMode,
  restartOnUpdate: raw.RestartExecutionOnUpdate,
  stages: raw.Stages,
  artifactStore: raw.ArtifactStore,
  variables: raw.Variables.map(({ Name, DefaultValue }) => ({ name: Name, defaultValue: DefaultValue })),
}));

export type PipelineDefinition = z.output<typeof properties>;
export type StageDefinition = PipelineDefinition['stages'][number];
export type ActionDefinition = StageDefinition['actions'][number];

/**
 * A pipeline, as the properties of `AWS::CodePipeline::Pipeline` define it.
 *
 * @throws when they hold something that is not executed, since a pipeline of which parts are left out proves nothing
 */
export function pipelineDefinition(props: unknown, providers: readonly string[]): PipelineDefinition {
  const result = properties.safeParse(props);
  if (!result.success) {
    throw new Error(`The sandbox cannot run this pipeline:\n${z.prettifyError(result.error)}`);
  }
  const definition = result.data;
  for (const { actions } of definition.stages) {
    const unknown = actions.find(({ provider }) => !providers.includes(provider));
    if (unknown) {
      throw new Error(`The sandbox cannot run the action ${unknown.name} of the pipeline ${definition.name}: it is ${unknown.provider}, and those that run are ${providers.join(', ')}.`);
    }
  }
  return definition;
}

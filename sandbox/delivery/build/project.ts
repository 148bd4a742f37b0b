import { z } from 'zod';
import { boolean, text } from '../cloudformation-values';

const properties = z.object({
  Name: z.string(),
  ServiceRole: z.string(),
  Source: z.object({ Type: z.enum(['CODEPIPELINE', 'S3'], 'sources from CODEPIPELINE and S3 are built'), BuildSpec: z.string('the build specification has to be part of the project') }),
  Environment: z.object({
    Type: z.string(),
    Image: z.string(),
    ComputeType: z.string(),
    PrivilegedMode: boolean.default(false),
    EnvironmentVariables: z.array(z.object({
      Name: z.string(), Value: text, Type: z.literal('PLAINTEXT', 'variables of the type PLAINTEXT are given').default('PLAINTEXT'),
    })).default([]),
  }),
  TimeoutInMinutes: z.coerce.number().default(60),
  LogsConfig: z.object({ CloudWatchLogs: z.object({ Status: z.string(), GroupName: z.string().optional() }).optional() }).optional(),
}).transform((raw) => ({
  name: raw.Name,
  serviceRole: raw.ServiceRole,
  buildSpec: raw.Source.BuildSpec,
  image: raw.Environment.Image,
  privileged: raw.Environment.PrivilegedMode,
  variables: Object.fromEntries(raw.Environment.EnvironmentVariables.map(({ Name, Value }) => [Name, Value])),
  timeoutMinutes: raw.TimeoutInMinutes,
  logGroup: raw.LogsConfig?.CloudWatchLogs?.Status === 'DISABLED' ? undefined : raw.LogsConfig?.CloudWatchLogs?.GroupName ?? `/aws/codebuild/${raw.Name}`,
}));

export type Project = z.output<typeof properties>;

/** A build project, as the properties of `AWS::CodeBuild::Project` define it. */
export function project(props: unknown): Project {
  const result = properties.safeParse(props);
  if (!result.success) {
    throw new Error(`The sandbox cannot run builds of this project:\n${z.prettifyError(result.error)}`);
  }
  return result.data;
}

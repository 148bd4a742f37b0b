import { parse } from 'yaml';
import { z } from 'zod';

const commands = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat()).default([]);

const phase = z.strictObject({
  'on-failure': z.enum(['ABORT', 'CONTINUE']).optional(),
  'runtime-versions': z.unknown().optional(),
  commands,
  'finally': commands,
});

const report = z.object({
  'files': z.array(z.string()).min(1),
  'base-directory': z.string().default('.'),
  'file-format': z.literal('JUNITXML', 'reports of the format JUNITXML are read').default('JUNITXML'),
});

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const specification = z.object({
  version: z.union([z.literal(0.2), z.literal('0.2')], 'only version 0.2 runs all commands in one shell'),
  env: z.strictObject({
    'shell': z.literal('bash', 'the sandbox runs commands with bash, and CodeBuild only where the build specification says so'),
    'variables': z.record(z.string(), scalar).default({}),
    'exported-variables': z.array(z.string()).default([]),
  }),
  phases: z.strictObject({ install: phase.optional(), pre_build: phase.optional(), build: phase.optional(), post_build: phase.optional() }),
  reports: z.record(z.string(), report).default({}),
});

export type BuildSpecification = z.output<typeof specification>;
export type Report = z.output<typeof report>;

/** The phases that have commands, in their order. */
export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type PhaseName = (typeof PHASES)[number];

/** @throws where it asks for something that the sandbox does not do */
export function buildSpecification(text: string): BuildSpecification {
  const result = specification.safeParse(parse(text));
  if (!result.success) {
    throw new Error(`The build specification cannot be run in the sandbox:\n${z.prettifyError(result.error)}`);
  }
  return result.data;
}

/** Whether the build ends when the phase fails; unless it is told otherwise, only a failed build phase goes on, to post_build. */
export function abortsOnFailure(name: PhaseName, onFailure?: 'ABORT' | 'CONTINUE'): boolean {
  return onFailure === undefined ? name !== 'build' : onFailure === 'ABORT';
}

import * as z from 'zod';
import type { KubernetesObject, ObjectRef } from '../../kubernetes/kubernetes-api';

/** Flux's controllers; `source-controller` and `kustomize-controller` are what nothing works without. */
export const CONTROLLERS = [
  'source-controller', 'kustomize-controller', 'helm-controller', 'notification-controller', 'image-reflector-controller', 'image-automation-controller',
] as const;

export type Controller = typeof CONTROLLERS[number];

export interface BootstrapRequest {
  /** Which of Flux's controllers to run. */
  readonly controllers: Controller[];
  /** What to apply once Flux is available: access rights, admission policies, sources and Kustomizations. */
  readonly objects: KubernetesObject[];
  /** Which of them must be ready. */
  readonly sync: ObjectRef[];
  /** Pod Identity association of a service account in flux-system. */
  readonly associations: Record<string, string>;
}

const objectSchema = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().min(1).optional() }),
});

const refSchema = z.object({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  name: z.string().min(1),
  namespace: z.string().min(1).optional(),
});

const propertiesSchema = z.object({
  Controllers: json(z.array(z.enum(CONTROLLERS)).refine(
    (names) => names.includes('source-controller') && names.includes('kustomize-controller'),
    { error: 'must hold source-controller and kustomize-controller' },
  )),
  Objects: json(z.array(objectSchema)),
  Sync: json(z.array(refSchema)),
  Associations: json(z.record(z.string(), z.string().min(1))).optional(),
});

/** Reads the custom resource's properties, which CloudFormation passes as strings. */
export function parseRequest(properties: unknown): BootstrapRequest {
  const result = propertiesSchema.safeParse(properties);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'properties'}: ${issue.message}`);
    throw new Error(`The properties of the Flux installation are not valid: ${problems.join('; ')}`);
  }
  const { Controllers, Objects, Sync, Associations } = result.data;
  return { controllers: Controllers, objects: Objects as KubernetesObject[], sync: Sync, associations: Associations ?? {} };
}

/** A string that holds JSON of a given shape. */
function json<T extends z.ZodType>(schema: T) {
  return z.string().transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: `must be JSON, but is "${text.slice(0, 60)}"` });
      return z.NEVER;
    }
  }).pipe(schema);
}

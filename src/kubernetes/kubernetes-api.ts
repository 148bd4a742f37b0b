/** A Kubernetes object as JSON, of whatever kind. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [key: string]: any };
  [key: string]: any;
}

/** What identifies one object. */
export interface ObjectRef {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
}

/** The few calls that the handlers make; narrow, so that a test's stand-in can be complete. */
export interface KubernetesApi {
  /** `undefined` when the object, or its whole kind, does not exist. */
  get(ref: ObjectRef): Promise<KubernetesObject | undefined>;
  /** All namespaces unless one is given; empty when the kind does not exist. */
  list(apiVersion: string, kind: string, namespace?: string, labelSelector?: string): Promise<KubernetesObject[]>;
  /** Server-side apply as `cdk-gitops-pipeline`, taking over fields that others hold. */
  apply(object: KubernetesObject): Promise<KubernetesObject>;
  /** JSON merge patch of `metadata.annotations` only. */
  annotate(ref: ObjectRef, annotations: Record<string, string>): Promise<KubernetesObject>;
  /** JSON merge patch. */
  patch(ref: ObjectRef, mergePatch: object): Promise<KubernetesObject>;
  /** No error when the object does not exist. */
  delete(ref: ObjectRef, options?: { propagation?: 'Foreground' | 'Background' }): Promise<void>;
}

/** The field manager of every write, and the value of `app.kubernetes.io/managed-by`. */
export const FIELD_MANAGER = 'cdk-gitops-pipeline';

/** The API server answered, with a refusal. */
export class KubernetesError extends Error {
  readonly name = 'KubernetesError';

  /**
   * @param code HTTP status
   * @param reason Kubernetes' machine-readable reason, e.g. `Forbidden`
   */
  constructor(message: string, readonly code: number, readonly reason: string = '') {
    super(message);
  }
}

/** No answer from the API server: no route, no name, no TLS, or no reply in time. */
export class KubernetesUnreachable extends Error {
  readonly name = 'KubernetesUnreachable';
}

export function refOf(object: KubernetesObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, name, ...(namespace ? { namespace } : {}) };
}

/** `Deployment flux-system/source-controller`, for messages. */
export function describe(ref: ObjectRef): string {
  return `${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}`;
}

/** Group, kind, namespace and name: an object keeps its identity when its API version moves on. */
export function objectKey(ref: ObjectRef): string {
  const group = ref.apiVersion.includes('/') ? ref.apiVersion.split('/')[0] : '';
  return [group, ref.kind, ref.namespace ?? '', ref.name].join('|');
}

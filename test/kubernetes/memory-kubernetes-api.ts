import {
  describe as nameOf, KubernetesApi, KubernetesError, KubernetesObject, objectKey, ObjectRef, refOf,
} from '../../src/kubernetes/kubernetes-api';

/** A change that controllers react to. */
export type Reaction = (object: KubernetesObject, cluster: MemoryKubernetesApi) => void;

const BUILT_IN_GROUPS = ['', 'apps', 'batch', 'rbac.authorization.k8s.io', 'networking.k8s.io', 'apiextensions.k8s.io', 'admissionregistration.k8s.io'];

/**
 * A cluster in memory: stores objects, counts generations, honours finalizers, and serves a custom kind
 * only while its definition is there. What controllers do is given as reactions.
 */
export class MemoryKubernetesApi implements KubernetesApi {
  readonly calls: string[] = [];
  private readonly objects = new Map<string, KubernetesObject>();
  private readonly reactions: Reaction[] = [];

  /** Called after every change of an object. */
  react(reaction: Reaction): this {
    this.reactions.push(reaction);
    return this;
  }

  /** Puts an object in as somebody else would. */
  seed(...objects: KubernetesObject[]): this {
    objects.forEach((object) => this.store(structuredClone(object)));
    return this;
  }

  find(kind: string, name: string): KubernetesObject | undefined {
    return [...this.objects.values()].find((object) => object.kind === kind && object.metadata.name === name);
  }

  /** Changes an object in place, as a controller changes its status. */
  change(object: KubernetesObject, change: (object: any) => void): void {
    const stored = this.objects.get(objectKey(refOf(object)));
    if (stored) {
      change(stored);
      this.finalize(stored);
    }
  }

  all(): KubernetesObject[] {
    return [...this.objects.values()];
  }

  async get(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    return structuredClone(this.objects.get(objectKey(ref)));
  }

  async list(apiVersion: string, kind: string, namespace?: string, labelSelector?: string): Promise<KubernetesObject[]> {
    const labels = (labelSelector ?? '').split(',').filter(Boolean).map((term) => term.split('='));
    return structuredClone(this.all().filter((object) => object.apiVersion === apiVersion && object.kind === kind
      && (!namespace || object.metadata.namespace === namespace)
      && labels.every(([label, value]) => object.metadata.labels?.[label] === value)));
  }

  async apply(object: KubernetesObject): Promise<KubernetesObject> {
    this.calls.push(`apply ${nameOf(refOf(object))}`);
    this.mustServe(object, 'apply');
    const before = this.objects.get(objectKey(refOf(object)));
    return this.store(merge(before ?? {}, structuredClone(object)));
  }

  annotate(ref: ObjectRef, annotations: Record<string, string>): Promise<KubernetesObject> {
    return this.patch(ref, { metadata: { annotations } });
  }

  async patch(ref: ObjectRef, mergePatch: object): Promise<KubernetesObject> {
    this.calls.push(`patch ${nameOf(ref)}`);
    const before = this.objects.get(objectKey(ref));
    if (!before) {
      throw new KubernetesError(`Cannot patch ${nameOf(ref)}: not found`, 404, 'NotFound');
    }
    const after = this.store(merge(before, structuredClone(mergePatch)));
    this.finalize(after);
    return after;
  }

  async delete(ref: ObjectRef): Promise<void> {
    const object = this.objects.get(objectKey(ref));
    if (!object) {
      return;
    }
    this.calls.push(`delete ${nameOf(ref)}`);
    object.metadata.deletionTimestamp ??= '2026-11-24T00:00:00Z';
    this.reactions.forEach((reaction) => reaction(object, this));
    this.finalize(object);
  }

  private mustServe({ apiVersion, kind, metadata }: KubernetesObject, verb: string): void {
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    const served = BUILT_IN_GROUPS.includes(group)
      || this.all().some((crd) => crd.kind === 'CustomResourceDefinition' && crd.spec.group === group && crd.spec.names.kind === kind);
    if (!served) {
      throw new KubernetesError(`Cannot ${verb} ${kind} ${metadata.name}: the cluster does not serve ${apiVersion} ${kind}`, 404, 'NotFound');
    }
    if (metadata.namespace && !this.find('Namespace', metadata.namespace)) {
      throw new KubernetesError(`Cannot ${verb} ${kind} ${metadata.name}: namespaces "${metadata.namespace}" not found`, 404, 'NotFound');
    }
  }

  private store(object: KubernetesObject): KubernetesObject {
    const key = objectKey(refOf(object));
    const before = this.objects.get(key);
    const changed = JSON.stringify(before?.spec) !== JSON.stringify(object.spec);
    object.metadata.generation = (before?.metadata.generation ?? 0) + (changed || !before ? 1 : 0);
    this.objects.set(key, object);
    this.reactions.forEach((reaction) => reaction(object, this));
    return structuredClone(object);
  }

  /** Deleted and without finalizers: gone, and with a namespace or a definition all that is in it. */
  private finalize(object: KubernetesObject): void {
    if (!object.metadata.deletionTimestamp || object.metadata.finalizers?.length) {
      return;
    }
    const inside = this.all().filter((other) => object.kind === 'Namespace' ? other.metadata.namespace === object.metadata.name
      : object.kind === 'CustomResourceDefinition' && other.kind === object.spec.names.kind && other.apiVersion.startsWith(`${object.spec.group}/`));
    for (const other of inside.filter(({ metadata }) => !metadata.deletionTimestamp)) {
      other.metadata.deletionTimestamp = object.metadata.deletionTimestamp;
      this.finalize(other);
    }
    if (inside.every((other) => !this.objects.has(objectKey(refOf(other))))) {
      this.objects.delete(objectKey(refOf(object)));
      this.all().filter((container) => container.metadata.deletionTimestamp).forEach((container) => this.finalize(container));
    }
  }
}

/** RFC 7396, which is also near enough to server-side apply for objects that one manager writes. */
function merge(target: any, patch: any): any {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) {
    return patch;
  }
  const result: any = target && typeof target === 'object' && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      delete result[key];
    } else {
      result[key] = merge(result[key], value);
    }
  }
  return result;
}

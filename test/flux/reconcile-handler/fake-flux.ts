import { KubernetesApi, KubernetesError, KubernetesObject } from '../../../src/kubernetes/kubernetes-api';
import type { Clock } from '../../../src/kubernetes/retry';

const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';

/** One Flux object and its controller, in a time that passes only while somebody waits. */
export class FakeFlux implements Pick<KubernetesApi, 'annotate' | 'get'> {
  public time = Date.parse('2026-11-24T10:00:00.400Z');
  public readonly requests: string[] = [];
  public readonly calls: string[] = [];
  /** How long the controller takes for a request. */
  public delay = 300;
  /** What each reconcile does to the status, one after the other; the last one again and again. */
  public reconciles: ((status: any) => void)[] = [];
  /** What the API server answers instead, one call after the other. */
  public errors: (Error | undefined)[] = [];
  public readonly clock: Clock = {
    now: () => this.time,
    sleep: async (milliseconds) => { this.time += milliseconds; },
  };
  private pending?: { request: string; at: number };

  constructor(public object: KubernetesObject | undefined) {}

  public annotate: KubernetesApi['annotate'] = async (ref, annotations) => {
    const object = this.call('annotate', ref);
    if (!object) { throw new KubernetesError(`Cannot patch ${ref.kind} ${ref.name}: not found`, 404, 'NotFound'); }
    const request = annotations[REQUESTED_AT];
    if (object.metadata.annotations?.[REQUESTED_AT] !== request) { this.pending = { request, at: this.time + this.delay }; }
    object.metadata.annotations = { ...object.metadata.annotations, ...annotations };
    this.requests.push(request);
    return structuredClone(object);
  };

  public get: KubernetesApi['get'] = async (ref) => structuredClone(this.call('get', ref));

  private call(verb: string, { kind, namespace, name }: { kind: string; namespace?: string; name: string }): KubernetesObject | undefined {
    this.calls.push(`${verb} ${kind} ${namespace}/${name}`);
    const error = this.errors.shift();
    if (error) { throw error; }
    this.reconcile();
    return this.object;
  }

  private reconcile(): void {
    if (!this.pending || !this.object || this.time < this.pending.at || this.object.spec?.suspend) { return; }
    this.object.status = { ...this.object.status, lastHandledReconcileAt: this.pending.request };
    const [next] = this.reconciles.length > 1 ? this.reconciles.splice(0, 1) : this.reconciles;
    next?.(this.object.status);
    this.pending = undefined;
  }
}

export const ready = (status = 'True', message = 'stored artifact') => [{ type: 'Ready', status, message }];

export const fetched = (commit: string) => (status: any) => Object.assign(status, { conditions: ready(), artifact: { revision: `main@sha1:${commit}` } });
export const scanned = (scanTime: string, ...latestTags: string[]) => (status: any) =>
  Object.assign(status, { conditions: ready(), lastScanResult: { scanTime, latestTags } });
export const failed = (message: string) => (status: any) => Object.assign(status, { conditions: ready('False', message) });

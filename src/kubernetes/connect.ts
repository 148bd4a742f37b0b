import {
  ApiException, createConfiguration, HttpMethod, KubeConfig, KubernetesObjectApi, PatchStrategy, RequestContext, ServerConfiguration,
} from '@kubernetes/client-node';
import type { ResponseContext } from '@kubernetes/client-node';
import type { ClusterConnection } from './cluster-environment';
import { describe, FIELD_MANAGER, KubernetesApi, KubernetesError, KubernetesObject, KubernetesUnreachable, ObjectRef, refOf } from './kubernetes-api';
import { retry } from './retry';
import { clusterToken, credentialsFromEnvironment } from './token';

export interface ConnectProps extends ClusterConnection {
  /** Bearer token of a request; by default one of EKS, signed with the credentials of the environment. */
  readonly token?: () => Promise<string>;
}

/** Each new token makes the cluster call STS, so one serves many requests; EKS takes it for 15 minutes. */
const TOKEN_REUSE_MS = 10 * 60_000;

/** A request that hangs must not use up the function's time. */
const REQUEST_TIMEOUT_MS = 20_000;

const RETRY_PAUSES_MS = [200, 500, 1000, 2000];
const PAGE_SIZE = '500';

/** Connects to a cluster's API server; only this file loads the Kubernetes client. */
export function connect(props: ConnectProps): KubernetesApi {
  const api = new JsonObjectApi(props);
  return {
    get: (ref) => withoutNotFound(() => api.send('get', ref, HttpMethod.GET)),
    list: async (apiVersion, kind, namespace, labelSelector) =>
      (await withoutNotFound(() => api.listAll(apiVersion, kind, namespace, labelSelector))) ?? [],
    apply: (object) => api.send('apply', refOf(object), HttpMethod.PATCH, {
      contentType: PatchStrategy.ServerSideApply, body: object, query: { fieldManager: FIELD_MANAGER, force: 'true' },
    }),
    annotate: (ref, annotations) => api.merge(ref, { metadata: { annotations } }),
    patch: (ref, mergePatch) => api.merge(ref, mergePatch),
    delete: async (ref, options = {}) => {
      await withoutNotFound(() => api.send('delete', ref, HttpMethod.DELETE, {
        query: { propagationPolicy: options.propagation ?? 'Background' },
      }));
    },
  };
}

interface RequestParts {
  contentType?: string;
  body?: object;
  query?: Record<string, string>;
}

/**
 * The client's discovery and transport, with plain JSON in and out.
 *
 * The client's own methods turn objects into its model classes and back, which drops fields that it does not
 * know, renames those such as `default` and `enum` of a CRD's schema, and writes names in lower case.
 */
class JsonObjectApi extends KubernetesObjectApi {
  private readonly authentication: ClusterAuthentication;

  constructor(props: ConnectProps) {
    const authentication = new ClusterAuthentication(props);
    super(createConfiguration({ baseServer: new ServerConfiguration(props.endpoint, {}), authMethods: { default: authentication } }));
    this.authentication = authentication;
  }

  merge(ref: ObjectRef, body: object): Promise<KubernetesObject> {
    return this.send('patch', ref, HttpMethod.PATCH, { contentType: PatchStrategy.MergePatch, body, query: { fieldManager: FIELD_MANAGER } });
  }

  send(verb: string, ref: ObjectRef, method: HttpMethod, parts: RequestParts = {}): Promise<KubernetesObject> {
    return this.request(`${verb} ${describe(ref)}`, ref.apiVersion, ref.kind, (namespaced) =>
      `${namespaced ? `/namespaces/${encodeURIComponent(ref.namespace ?? 'default')}` : ''}/*/${encodeURIComponent(ref.name)}`, method, parts);
  }

  async listAll(apiVersion: string, kind: string, namespace?: string, labelSelector?: string): Promise<KubernetesObject[]> {
    const items: KubernetesObject[] = [];
    let next: string | undefined;
    do {
      const page = await this.request(`list ${kind}`, apiVersion, kind, (namespaced) =>
        `${namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : ''}/*`, HttpMethod.GET, {
        query: { limit: PAGE_SIZE, ...(labelSelector ? { labelSelector } : {}), ...(next ? { continue: next } : {}) },
      });
      items.push(...page.items.map((item: object) => ({ apiVersion, kind, ...item })));
      next = page.metadata?.continue;
    } while (next);
    return items;
  }

  /** @param path from namespace to name, with `*` where the resource's plural belongs */
  private async request(what: string, apiVersion: string, kind: string, path: (namespaced: boolean) => string,
    method: HttpMethod, parts: RequestParts): Promise<any> {
    return retry(async () => {
      try {
        const resource = await this.resource(apiVersion, kind);
        if (!resource) {
          throw new KubernetesError(`Cannot ${what}: the cluster does not serve ${apiVersion} ${kind}`, 404, 'NotFound');
        }
        const url = this.apiVersionPath(apiVersion) + path(resource.namespaced).replace('*', resource.name);
        const context = this.configuration.baseServer.makeRequestContext(url, method);
        context.setHeaderParam('Accept', 'application/json');
        Object.entries(parts.query ?? {}).forEach(([name, value]) => context.setQueryParam(name, value));
        if (parts.body) {
          context.setHeaderParam('Content-Type', parts.contentType!);
          context.setBody(JSON.stringify(parts.body));
        }
        return await this.requestPromise(context);
      } catch (error) {
        const told = readable(what, error);
        if (told instanceof KubernetesError && told.code === 401) { this.authentication.forget(); }
        throw told;
      }
    }, { pauses: RETRY_PAUSES_MS, isTransient });
  }

  protected async processResponse(response: ResponseContext): Promise<any> {
    const text = await response.body.text();
    if (response.httpStatusCode < 200 || response.httpStatusCode > 299) {
      throw new ApiException(response.httpStatusCode, 'refused', text, response.headers);
    }
    return JSON.parse(text);
  }
}

/** A token that is renewed, over connections that are kept: the client would make a new one for each request. */
class ClusterAuthentication {
  private dispatcher?: NonNullable<ReturnType<RequestContext['getDispatcher']>>;
  private token?: { value: string; signedAt: number };

  constructor(private readonly props: ConnectProps) {}

  getName() {
    return 'cluster';
  }

  async applySecurityAuthentication(context: RequestContext): Promise<void> {
    this.dispatcher ??= await this.connections();
    if (!this.token || Date.now() - this.token.signedAt > TOKEN_REUSE_MS) {
      this.token = { value: await this.sign(), signedAt: Date.now() };
    }
    context.setHeaderParam('Authorization', `Bearer ${this.token.value}`);
    context.setDispatcher(this.dispatcher);
    context.setSignal(AbortSignal.timeout(REQUEST_TIMEOUT_MS));
  }

  /** A token that was refused is not used again: the cluster may remember that it refused it. */
  forget(): void {
    this.token = undefined;
  }

  private sign(): Promise<string> {
    const { token, clusterName, region } = this.props;
    return token ? token() : clusterToken({ clusterName, region, credentials: credentialsFromEnvironment() });
  }

  private async connections() {
    const { endpoint, certificateAuthority } = this.props;
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name: 'cluster', server: endpoint, caData: certificateAuthority, skipTLSVerify: false }, { name: 'handler' });
    const context = new RequestContext(endpoint, HttpMethod.GET);
    await config.applySecurityAuthentication(context);
    return context.getDispatcher()!;
  }
}

async function withoutNotFound<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof KubernetesError && error.code === 404) {
      return undefined;
    }
    throw error;
  }
}

/** 409 is not among them: a conflict is the caller's to judge. */
function isTransient(error: unknown): boolean {
  return error instanceof KubernetesUnreachable || (error instanceof KubernetesError && [429, 500, 502, 503, 504].includes(error.code));
}

/** One sentence with Kubernetes' own words, in place of the client's dump of status, body and headers. */
function readable(what: string, error: unknown): Error {
  if (error instanceof KubernetesError) {
    return error;
  }
  if (error instanceof ApiException) {
    const { message, reason } = parseStatus(String(error.body ?? ''));
    return new KubernetesError(`Cannot ${what}: ${message || `HTTP ${error.code}`} (${error.code}${reason ? ` ${reason}` : ''})`, error.code, reason);
  }
  return new KubernetesUnreachable(`Cannot ${what}: no answer from the cluster's API server: ${rootCause(error)}`);
}

function parseStatus(body: string): { message: string; reason: string } {
  try {
    const { message, reason } = JSON.parse(body);
    return { message: String(message ?? ''), reason: String(reason ?? '') };
  } catch {
    return { message: body.trim().slice(0, 300), reason: '' };
  }
}

/** fetch says "fetch failed" and keeps the reason below. */
function rootCause(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) {
    cause = cause.cause;
  }
  return cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : String(cause);
}

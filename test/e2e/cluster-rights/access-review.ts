import type { ApiClient } from '../api-client';

/** What the API server serves, and what can be done with it */
interface Served {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespaced: boolean;
  readonly verb: string;
}

/** Verbs that stand behind no request of their own */
const SPECIAL: Served[] = [
  ...['users', 'groups'].map((resource) => ({ group: '', resource, namespaced: false, verb: 'impersonate' })),
  { group: '', resource: 'serviceaccounts', namespaced: true, verb: 'impersonate' },
  ...['bind', 'escalate'].flatMap((verb) => [['roles', true], ['clusterroles', false]].map(([resource, namespaced]) => (
    { group: 'rbac.authorization.k8s.io', resource: resource as string, namespaced: namespaced as boolean, verb }
  ))),
];
const AT_ONCE = 16;

/** Asks the API server itself what a service account may do */
export class AccessReview {
  public static async of(api: ApiClient, namespace: string, name: string): Promise<AccessReview> {
    const groups = (await api.ask('GET', '/apis')).groups.map(({ preferredVersion }: any) => preferredVersion.groupVersion);
    const lists = await Promise.all(['/api/v1', ...groups.map((version: string) => `/apis/${version}`)].map(async (path) => api.ask('GET', path)));
    const served = lists.flatMap(({ groupVersion, resources }): Served[] => resources.flatMap(({ name: path, namespaced, verbs }: any) => {
      const [resource, subresource] = path.split('/');
      const group = groupVersion.includes('/') ? groupVersion.split('/')[0] : '';
      return verbs.map((verb: string) => ({ group, resource, subresource, namespaced, verb }));
    }));
    return new AccessReview(api, { namespace, name }, [...served, ...SPECIAL]);
  }

  private constructor(
    private readonly api: ApiClient,
    private readonly account: { namespace: string; name: string },
    public readonly served: readonly Served[],
  ) {}

  /**
   * Each verb and resource that the account is allowed
   *
   * @param namespace where; left out: in the cluster, and so in every namespace
   */
  public async allowed(namespace?: string): Promise<string[]> {
    const asked = this.served.filter(({ namespaced }) => namespaced || !namespace);
    const answers: boolean[] = [];
    for (let at = 0; at < asked.length; at += AT_ONCE) {
      answers.push(...await Promise.all(asked.slice(at, at + AT_ONCE).map(async (one) => this.review(one, namespace))));
    }
    return asked.filter((_, index) => answers[index])
      .map(({ group, resource, subresource, verb }) => `${verb} ${[resource, subresource].filter(Boolean).join('/')}${group ? `.${group}` : ''}`);
  }

  private async review({ group, resource, subresource, verb }: Served, namespace?: string): Promise<boolean> {
    const { namespace: home, name } = this.account;
    const { status } = await this.api.ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: `system:serviceaccount:${home}:${name}`,
        groups: ['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${home}`],
        resourceAttributes: { group, resource, subresource, verb, namespace },
      },
    });
    return status.allowed;
  }
}

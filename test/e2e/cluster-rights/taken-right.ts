import { describeGrant, Grant, grantsOf } from '../../grants/kubernetes/grants';
import { type ApiClient, MERGE_PATCH } from '../api-client';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** A role of the shipped manifests without one of its grants, until it is given back */
export class TakenRight {
  /** Takes one verb on one resource out of the role in the cluster. */
  public static async take(api: ApiClient, grant: Grant): Promise<TakenRight> {
    const [kind, name] = grant.role.split(' ').map((word) => word.replaceAll('"', ''));
    const path = kind === 'ClusterRole' ? `${RBAC}/clusterroles/${name}` : `${RBAC}/namespaces/flux-system/roles/${name}`;
    const role = await api.ask('GET', path);
    const right = describeGrant(grant);
    const rules = grantsOf(role).filter((other) => describeGrant(other) !== right)
      .map(({ apiGroup, resource, resourceNames, verb }) => ({ apiGroups: [apiGroup], resources: [resource], resourceNames, verbs: [verb] }));
    await api.ask('PATCH', path, { rules }, MERGE_PATCH);
    return new TakenRight(api, path, role.rules);
  }

  private constructor(private readonly api: ApiClient, private readonly path: string, private readonly rules: object[]) {}

  public async giveBack(): Promise<void> {
    await this.api.ask('PATCH', this.path, { rules: this.rules }, MERGE_PATCH);
  }
}

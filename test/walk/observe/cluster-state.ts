import type { Cluster } from '../../../sandbox/cluster';
import { type EnvironmentName, type Running } from '../history';
import { APPLICATION, namespaceOf, type World } from '../world';

const FLUX = ['--namespace', 'flux-system', 'get', 'gitrepositories,kustomizations,imagepolicies', '--output=json'];

/** What Flux says of itself */
export interface FluxState {
  /** The commit that it has fetched. */
  readonly source?: string;
  /** The commit that each Kustomization has applied, by its name; undefined where it is not ready. */
  readonly applied: Readonly<Record<string, string | undefined>>;
  /** The tag that the image policy of an environment chose, by the policy's name. */
  readonly tags: Readonly<Record<string, string | undefined>>;
}

export async function fluxState(cluster: Cluster): Promise<FluxState> {
  const items: any[] = JSON.parse(await cluster.kubectl(FLUX)).items;
  const byName = (kind: string, value: (object: any) => string | undefined) => Object.fromEntries(items.filter((object) => object.kind === kind)
    .map((object) => [object.metadata.name, value(object)]));
  return {
    source: commitOf(items.find(({ kind }) => kind === 'GitRepository')?.status?.artifact?.revision),
    applied: byName('Kustomization', (object) => isReady(object) ? commitOf(object.status.lastAppliedRevision) : undefined),
    tags: byName('ImagePolicy', (object) => object.status?.latestRef?.tag),
  };
}

/** What runs in an environment, and whether its rollout is over. */
export async function runningIn(world: World, environment: EnvironmentName): Promise<Running & { readonly settled: boolean }> {
  const text = await world.sandbox.cluster.kubectl(['--namespace', namespaceOf(environment), 'get', 'deployments,pods', '--output=json']);
  const items: any[] = JSON.parse(text).items;
  const deployment = items.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === APPLICATION);
  const pods = items.filter(({ kind }) => kind === 'Pod');
  const digest = digestOf(deployment?.spec.template.spec);
  const wanted = deployment?.spec.replicas ?? 0;
  const { observedGeneration, updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = deployment?.status ?? {};
  return {
    digest,
    wanted,
    ready: pods.filter((pod) => isReady(pod)).map((pod) => digestOf(pod.spec) ?? pod.metadata.name),
    broken: digest !== undefined && world.isBroken(environment, digest),
    settled: !deployment || (observedGeneration === deployment.metadata.generation && pods.length === wanted
      && [updatedReplicas, availableReplicas, replicas].every((count) => count === wanted)),
  };
}

function digestOf(spec: any): string | undefined {
  return spec?.containers[0].image.split('@')[1];
}

function isReady(object: any): boolean {
  return object.status?.conditions?.some(({ type, status }: any) => type === 'Ready' && status === 'True') ?? false;
}

function commitOf(revision: string | undefined): string | undefined {
  return revision?.split(':').pop();
}

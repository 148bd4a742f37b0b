import type { Cluster } from '../../sandbox/cluster';

/** Each pod in some namespaces that is ready and stays, with its image */
export async function readyPods(cluster: Cluster, namespaces: string[]): Promise<string[]> {
  const { items } = JSON.parse(await cluster.kubectl(['get', 'pods', '--all-namespaces', '--output=json']));
  return items.filter(({ metadata }: any) => namespaces.includes(metadata.namespace) && !metadata.deletionTimestamp)
    .filter(({ status }: any) => condition(status, 'Ready')?.status === 'True')
    .map(({ metadata, spec }: any) => `${metadata.namespace}/${metadata.name} ${metadata.uid} ${spec.containers[0].image}`).sort();
}

/** Undefined when an environment's Kustomization says that it waits, and not that it failed; otherwise what it says. */
export async function unlessWaiting(cluster: Cluster, kustomization: string): Promise<string | undefined> {
  const args = ['--namespace', 'flux-system', 'get', 'kustomization', kustomization, '--ignore-not-found', '--output=json'];
  const ready = condition(JSON.parse(await cluster.kubectl(args) || '{}').status, 'Ready');
  return ready?.reason === 'DependencyNotReady' ? undefined : `it says ${ready?.reason}: ${ready?.message}`;
}

/** What is left of an environment, or of all environments of an application; undefined when nothing is. */
export async function leftOf(cluster: Cluster, name: string): Promise<string | undefined> {
  const names = [
    await cluster.kubectl(['get', 'namespaces', '--output=name']),
    await cluster.kubectl(['--namespace', 'flux-system', 'get', 'kustomizations,imagepolicies,imagerepositories,serviceaccounts', '--output=name']),
  ].join('').split('\n').filter(line => new RegExp(`/${name}(-|$)`).test(line));
  return names.length > 0 ? names.join(', ') : undefined;
}

export async function isThere(cluster: Cluster, kind: string, namespace: string, name: string): Promise<boolean> {
  return await cluster.kubectl(['--namespace', namespace, 'get', kind, name, '--ignore-not-found', '--output=name']) !== '';
}

function condition(status: any, wanted: string): any {
  return status?.conditions?.find(({ type }: any) => type === wanted);
}

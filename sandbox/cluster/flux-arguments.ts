import { join } from 'node:path';
import type { V1Container, V1Pod } from '@kubernetes/client-node';

/** Flux controllers that can be built from Go modules; helm- and notification-controller stay kwok's */
export const FLUX_CONTROLLERS = ['source-controller', 'kustomize-controller', 'image-reflector-controller', 'image-automation-controller'] as const;

export type FluxController = typeof FLUX_CONTROLLERS[number];

/** Which of Flux's controllers a container's image holds. */
export function fluxController(container: Pick<V1Container, 'image'>): FluxController | undefined {
  const name = container.image?.split('/').at(-1)!.split(/[@:]/)[0];
  return FLUX_CONTROLLERS.find(controller => controller === name);
}

/** What a process has in place of a pod's network and volumes */
export interface ProcessPlace {
  readonly dir: string;
  readonly healthPort: number;
  readonly storagePort: number;
}

/**
 * The container's own arguments, with what cannot be the same outside a pod replaced:
 *
 * - storage and health addresses are loopback ports, and the storage path a folder of the run;
 * - metrics are not served;
 * - leader election is off: it asks for the namespace in a file that only a pod has, so during a rolling update two
 *   instances may work for a moment;
 * - no events are sent to the notification-controller, which does not run here.
 *
 * Feature gates, concurrency, log level and all the rest are as shipped.
 */
export function adaptArguments(
  controller: FluxController, container: V1Container, environment: Record<string, string>, place: ProcessPlace,
): string[] {
  const replaced = new Map([
    ['--health-addr', `127.0.0.1:${place.healthPort}`],
    ['--metrics-addr', '0'],
    ['--events-addr', ''],
    ['--enable-leader-election', 'false'],
  ]);
  if (controller === 'source-controller') {
    replaced.set('--storage-addr', `127.0.0.1:${place.storagePort}`);
    replaced.set('--storage-adv-addr', `127.0.0.1:${place.storagePort}`);
  }
  if (controller === 'source-controller' || controller === 'image-reflector-controller') {
    replaced.set('--storage-path', join(place.dir, 'data'));
  }
  const own = (container.args ?? []).filter(argument => !replaced.has(argument.split('=')[0])).map(argument => expand(argument, environment));
  return [...own, ...[...replaced].map(([flag, value]) => `${flag}=${value}`)];
}

/** The environment that the pod's specification gives the container: values and fields of the pod. */
export function podEnvironment(pod: V1Pod, container: V1Container): Record<string, string> {
  const fields: Record<string, string | undefined> = {
    'metadata.namespace': pod.metadata?.namespace,
    'metadata.name': pod.metadata?.name,
    'spec.serviceAccountName': pod.spec?.serviceAccountName,
  };
  const environment: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    const resolved = value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ''];
    if (resolved !== undefined) environment[name] = resolved;
  }
  return environment;
}

/** Where the kubelet would ask whether the container is ready. */
export function readinessUrl(container: V1Container, place: ProcessPlace): string {
  const probe = container.readinessProbe?.httpGet;
  const port = probe?.port === 'http' ? place.storagePort : place.healthPort;
  return `http://127.0.0.1:${port}${probe?.path ?? '/readyz'}`;
}

function expand(argument: string, environment: Record<string, string>): string {
  return argument.replace(/\$\((\w+)\)/g, (reference, name) => environment[name] ?? reference);
}

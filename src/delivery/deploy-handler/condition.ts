import { KubernetesObject } from '../../kubernetes/kubernetes-api';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message?: string;
}

export function condition(object: KubernetesObject, type: string): Condition | undefined {
  return object.status?.conditions?.find((one: Condition) => one.type === type);
}

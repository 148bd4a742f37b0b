import { parseAllDocuments } from 'yaml';

/**
 * One workload of each kind that a rollout can consist of, all of them with the application's image
 *
 * @param deployment the base's own file, whose pods are the pattern
 */
export function everyKindOfWorkload(deployment: string): object[] {
  const [{ spec: { template } }] = parseAllDocuments(deployment).map((document) => document.toJS());
  const named = (apiVersion: string, kind: string, spec: (pods: object, labels: Record<string, string>) => object, annotations = {}) => {
    const labels = { 'app.kubernetes.io/name': kind.toLowerCase() };
    const pods = { metadata: { labels }, spec: { ...template.spec, topologySpreadConstraints: undefined } };
    return { apiVersion, kind, metadata: { name: kind.toLowerCase(), annotations }, spec: spec(pods, labels) };
  };
  const once = (pods: any) => ({ template: { ...pods, spec: { ...pods.spec, restartPolicy: 'Never' } } });
  return [
    named('apps/v1', 'StatefulSet', (pods, matchLabels) => ({ serviceName: 'statefulset', replicas: 1, selector: { matchLabels }, template: pods })),
    named('apps/v1', 'DaemonSet', (pods, matchLabels) => ({ selector: { matchLabels }, template: pods })),
    // a ReplicaSet never replaces the pods that it has
    named('apps/v1', 'ReplicaSet', (pods, matchLabels) => ({ replicas: 0, selector: { matchLabels }, template: pods })),
    // a Job cannot be changed, so Flux has to make it anew
    named('batch/v1', 'Job', once, { 'kustomize.toolkit.fluxcd.io/force': 'enabled' }),
    named('batch/v1', 'CronJob', (pods) => ({ schedule: '0 0 1 1 *', jobTemplate: { spec: once(pods) } })),
  ];
}

import { RepositoryFile } from './repository-file';
import { toYaml } from './yaml';

const PORT = 8080;

/**
 * Manifests that run the sample application, and any other that serves HTTP on port 8080 and answers /healthz.
 */
export function applicationBase(application: string): RepositoryFile[] {
  const file = (name: string, header: string, ...objects: object[]): RepositoryFile => ({
    path: `apps/${application}/base/${name}.yaml`,
    content: toYaml(objects, { header }),
  });
  return [
    file('kustomization', 'What every environment shares. Yours to change: it is never overwritten.', {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['deployment.yaml', 'service.yaml'],
    }),
    file('deployment', 'The image\'s name is replaced by a digest in each environment\'s overlay.', deployment(application), disruptionBudget(application)),
    file('service', 'Reachable inside the cluster; put an Ingress or a Gateway route in front to publish it.', service(application)),
  ];
}

function labels(application: string): Record<string, string> {
  return { 'app.kubernetes.io/name': application };
}

function deployment(application: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: application, labels: labels(application) },
    spec: {
      replicas: 2,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 300,
      selector: { matchLabels: labels(application) },
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: labels(application) },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'topology.kubernetes.io/zone',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: labels(application) },
            },
          ],
          containers: [
            {
              name: application,
              image: application,
              env: [{ name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
              ports: [{ name: 'http', containerPort: PORT }],
              readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 5 },
              resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    },
  };
}

function disruptionBudget(application: string): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: application, labels: labels(application) },
    spec: { maxUnavailable: 1, selector: { matchLabels: labels(application) } },
  };
}

function service(application: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: application, labels: labels(application) },
    spec: { selector: labels(application), ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

import { Controller, CONTROLLERS } from './request';
import type { KubernetesObject } from '../../kubernetes/kubernetes-api';
import { MANAGED_BY_LABELS } from '../manifests/names';

/** On the pod template: a changed association then replaces the pods, which get credentials only when they start. */
export const POD_IDENTITY_ANNOTATION = 'cdk-gitops-pipeline/pod-identity';

const COMPONENT_LABEL = 'app.kubernetes.io/component';
const EVENTS_ARGUMENT = '--events-addr=';

/** By Flux's default a failing object is tried again after up to 15 minutes, longer than a fix should take to show. */
const RETRY_ARGUMENT = '--max-retry-delay=1m';

/** Objects of one namespace must not use another's source or credentials; source-controller refers to none. */
const ISOLATION_ARGUMENT = '--no-cross-namespace-refs=true';

const ARGUMENTS: Record<Controller, string[]> = {
  'source-controller': [RETRY_ARGUMENT],
  'kustomize-controller': [
    RETRY_ARGUMENT,
    ISOLATION_ARGUMENT,
    // an overlay may only build from what was reviewed in the repository
    '--no-remote-bases=true',
    // an environment waits for its first release as for a dependency; by default it would look again after 30 s only
    '--requeue-dependency=2s',
    // a commit that mends a broken deployment must not wait for the broken one's health check
    '--feature-gates=CancelHealthCheckOnNewRevision=true',
  ],
  'helm-controller': [RETRY_ARGUMENT, ISOLATION_ARGUMENT],
  'notification-controller': [RETRY_ARGUMENT, ISOLATION_ARGUMENT],
  'image-reflector-controller': [RETRY_ARGUMENT, ISOLATION_ARGUMENT],
  'image-automation-controller': [RETRY_ARGUMENT, ISOLATION_ARGUMENT],
};

/** Aggregated, Flux's edit role would let whoever is admin of one namespace have Flux act as cluster-admin there. */
const WRITE_AGGREGATIONS = ['rbac.authorization.k8s.io/aggregate-to-admin', 'rbac.authorization.k8s.io/aggregate-to-edit'];
const FLUX_EDIT_ROLE = 'flux-edit-flux-system';

/** Flux's install manifests, cut down to the wanted controllers and set for this use. */
export function tune(objects: KubernetesObject[], controllers: Controller[], associations: Record<string, string> = {}): KubernetesObject[] {
  const unwanted = CONTROLLERS.filter((name) => !controllers.includes(name));
  return objects
    .filter((object) => !unwanted.some((name) => belongsTo(object, name)))
    .map((object) => structuredClone(object))
    .map((object) => {
      object.metadata.labels = { ...object.metadata.labels, ...MANAGED_BY_LABELS };
      switch (object.kind) {
        case 'Deployment': return tuneDeployment(object, unwanted, associations);
        case 'ClusterRoleBinding': return withoutSubjects(object, controllers);
        case 'ClusterRole': return tuneClusterRole(object);
        default: return object;
      }
    });
}

/** Flux labels most of a controller's objects as its component; its network policy names it only in the selector. */
export function belongsTo(object: KubernetesObject, controller: string): boolean {
  return object.metadata.labels?.[COMPONENT_LABEL] === controller
    || (object.kind === 'NetworkPolicy' && object.spec?.podSelector?.matchLabels?.app === controller);
}

function tuneDeployment(deployment: KubernetesObject, unwanted: Controller[], associations: Record<string, string>): KubernetesObject {
  const { template } = deployment.spec;
  const association = associations[template.spec.serviceAccountName];
  if (association) {
    template.metadata.annotations = { ...template.metadata.annotations, [POD_IDENTITY_ANNOTATION]: association };
  }
  const [container] = template.spec.containers;
  const eventsGoNowhere = unwanted.includes('notification-controller');
  container.args = [
    ...(container.args as string[]).filter((argument) => !(eventsGoNowhere && argument.startsWith(EVENTS_ARGUMENT))),
    ...ARGUMENTS[deployment.metadata.name as Controller] ?? [],
  ];
  return deployment;
}

/** A service account that does not run must not be bound: whoever creates it later would be cluster-admin. */
function withoutSubjects(binding: KubernetesObject, controllers: string[]): KubernetesObject {
  binding.subjects = (binding.subjects as { name: string }[]).filter((subject) => controllers.includes(subject.name));
  return binding;
}

function tuneClusterRole(role: KubernetesObject): KubernetesObject {
  if (role.metadata.name === FLUX_EDIT_ROLE) {
    WRITE_AGGREGATIONS.forEach((label) => delete role.metadata.labels[label]);
  }
  return role;
}

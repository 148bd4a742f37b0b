import { BootstrapContext } from './context';
import { describe, KubernetesObject, refOf } from '../../kubernetes/kubernetes-api';

const RESTARTED_ANNOTATION = 'cdk-gitops-pipeline/restarted-at';

/** Set by EKS' admission webhook on the containers of a pod whose service account has an association. */
const CREDENTIALS_VARIABLE = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';

/**
 * Replaces the pods that were admitted before EKS knew of their association: they never get credentials.
 *
 * Associations are eventually consistent, so that a pod can be too early although its association was first.
 */
export async function restartWithoutCredentials(context: BootstrapContext, deployments: KubernetesObject[],
  associations: Record<string, string>): Promise<KubernetesObject[]> {
  const { api, waiting, logger } = context;
  const restarted: KubernetesObject[] = [];
  for (const deployment of deployments) {
    const { serviceAccountName } = deployment.spec.template.spec;
    if (!associations[serviceAccountName]) {
      continue;
    }
    const pods = (await api.list('v1', 'Pod', deployment.metadata.namespace)).filter((pod) => pod.spec?.serviceAccountName === serviceAccountName);
    if (pods.some((pod) => !hasCredentials(pod))) {
      logger.info(`${describe(refOf(deployment))} is restarted: its pods started without AWS credentials`);
      const annotations = { [RESTARTED_ANNOTATION]: new Date(waiting.clock.now()).toISOString() };
      await api.patch(refOf(deployment), { spec: { template: { metadata: { annotations } } } });
      restarted.push(deployment);
    }
  }
  return restarted;
}

function hasCredentials(pod: KubernetesObject): boolean {
  const containers = pod.spec.containers as { env?: { name: string }[] }[];
  return containers.every((container) => container.env?.some((variable) => variable.name === CREDENTIALS_VARIABLE));
}

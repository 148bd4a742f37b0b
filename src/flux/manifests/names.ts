/** The namespace of Flux and of every Flux object. */
export const FLUX_NAMESPACE = 'flux-system';

/** The GitRepository, root Kustomization and ImageUpdateAutomation of the infrastructure repository. */
export const INFRASTRUCTURE = 'infrastructure';

/** The branch of the infrastructure repository that Flux follows. */
export const INFRASTRUCTURE_BRANCH = 'main';

/** Who manages an object: field manager, label value and prefix of own names. */
export const MANAGER = 'cdk-gitops-pipeline';

/** The Kubernetes group of the deploy function's role. */
export const DEPLOY_GROUP = `${MANAGER}:deploy`;

/** The Kubernetes group of the reconcile function's role. */
export const RECONCILE_GROUP = `${MANAGER}:reconcile`;

/** The ClusterRole that each environment's namespace binds to the deploy group. */
export const ROLLOUTS_ROLE = `${MANAGER}-rollouts`;

/** What an environment's Kustomization has released: an image tag, or NOT_RELEASED. */
export const RELEASED_ANNOTATION = `${MANAGER}/released`;

/** Value before the first promotion: Flux applies nothing until it changes. */
export const NOT_RELEASED = 'none';

/** The annotation by which Flux is asked to reconcile an object now. */
export const REQUESTED_AT_ANNOTATION = 'reconcile.fluxcd.io/requestedAt';

/** Labels of every object that this package writes. */
export const MANAGED_BY_LABELS = { 'app.kubernetes.io/managed-by': MANAGER };

import { CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { BootstrapFunction } from './bootstrap-function';
import { FluxIdentities } from './flux-identities';
import { platformObjects, syncObjects } from './manifests/platform-objects';
import { ClusterAccess } from '../cluster/cluster-access';
import { handlerOptions } from '../cluster/handler-function';
import { acknowledge } from '../private/acknowledge';
import { ANSWERS_CLOUDFORMATION, INLINE_POLICY } from '../private/acknowledge-findings';

/**
 * Properties of an installation of Flux.
 */
export interface FluxProps {
  /**
   * Name of the platform: its folder in the repository, and the prefix of its image repositories.
   */
  readonly platformName: string;

  /**
   * The way to the cluster that Flux is installed in.
   */
  readonly clusterAccess: ClusterAccess;

  /**
   * Repository that Flux follows. Its branch `main` has to have a commit.
   */
  readonly infrastructureRepository: codecommit.IRepository;

  /**
   * What has to exist before Flux can run and follow the repository: nodes, the `eks-pod-identity-agent` add-on, a first
   * commit.
   *
   * @default - all of it exists already
   */
  readonly prerequisites?: IDependable;
}

/** The version of Flux that the package ships. */
const FLUX_VERSION = '2.9.4';

const CONTROLLERS = ['source-controller', 'kustomize-controller'];
const IMAGE_CONTROLLERS = ['image-reflector-controller', 'image-automation-controller'];

/**
 * Flux, installed from the manifests that this package ships and following a repository, before the deployment is over.
 */
export class Flux extends Construct {
  /**
   * Flux is installed and follows the repository.
   */
  public readonly ready: IDependable;

  private readonly identities: FluxIdentities;
  private followsImages = false;

  public constructor(scope: Construct, id: string, props: FluxProps) {
    super(scope, id);
    const { clusterAccess, infrastructureRepository, platformName } = props;
    this.identities = new FluxIdentities(this, 'Identities', {
      cluster: clusterAccess.cluster, infrastructureRepository, imageRepositoriesPrefix: platformName,
    });

    const { role, ...options } = handlerOptions(this, clusterAccess);
    const bootstrap = new BootstrapFunction(this, 'Bootstrap', {
      ...options,
      role,
      description: 'Installs Flux and removes it again',
      timeout: Duration.minutes(15),
      environment: clusterAccess.environment,
    });
    clusterAccess.addAdministrator('Bootstrap', role);
    // a policy of its own, since the role's default policy has to be there before the function is
    const continueLater = new iam.Policy(this, 'ContinueLater', {
      roles: [role],
      statements: [new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [bootstrap.functionArn] })],
    });
    acknowledge(continueLater, ...INLINE_POLICY);
    acknowledge(bootstrap, ...ANSWERS_CLOUDFORMATION);

    const installation = new CustomResource(this, 'Installation', {
      resourceType: 'Custom::Flux',
      serviceToken: bootstrap.functionArn,
      serviceTimeout: Duration.hours(1), // the most that CloudFormation waits
      properties: {
        FluxVersion: FLUX_VERSION,
        Controllers: Lazy.string({ produce: () => JSON.stringify([...CONTROLLERS, ...(this.followsImages ? IMAGE_CONTROLLERS : [])]) }),
        Objects: Lazy.string({
          produce: () => this.json(platformObjects({
            platformName,
            repositoryUrl: cloneUrl(this, infrastructureRepository),
            imageAutomation: this.followsImages,
          })),
        }),
        Sync: JSON.stringify(syncObjects()),
        Associations: Lazy.string({ produce: () => this.json(this.identities._associations) }),
      },
    });
    installation.node.addDependency(continueLater, this.identities, clusterAccess.reachable, props.prerequisites ?? new DependencyGroup());
    this.ready = installation;
  }

  /**
   * Adds what following image tags takes.
   *
   * @internal
   */
  public _enableImageAutomation(): void {
    this.followsImages = true;
    this.identities._enableImageAutomation();
  }

  private json(value: object): string {
    return Stack.of(this).toJsonString(value);
  }
}

/** Only this form of the URL makes Flux sign its requests, so not whatever an imported repository says. */
function cloneUrl(scope: Construct, repository: codecommit.IRepository): string {
  const { region, urlSuffix } = Stack.of(scope);
  return `https://git-codecommit.${region}.${urlSuffix}/v1/repos/${repository.repositoryName}`;
}


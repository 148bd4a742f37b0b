import { Stack } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import { CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { FLUX_NAMESPACE, INFRASTRUCTURE_BRANCH } from './manifests/names';
import { acknowledge } from '../private/acknowledge';
import { INLINE_POLICY, platformImages, REGISTRY_TOKEN } from '../private/acknowledge-findings';
import { onBranch } from '../private/branch-condition';

/**
 * Properties of the identities of Flux's controllers.
 */
export interface FluxIdentitiesProps {
  /**
   * Cluster that Flux runs in. It needs the `eks-pod-identity-agent` add-on.
   */
  readonly cluster: eks.ICluster;

  /**
   * Repository that Flux follows.
   */
  readonly infrastructureRepository: codecommit.IRepository;

  /**
   * Prefix of the ECR repositories that Flux may scan, without the slash.
   */
  readonly imageRepositoriesPrefix: string;
}

/**
 * An IAM role for each of Flux's controllers that needs AWS, by EKS Pod Identity: no controller holds a key.
 */
export class FluxIdentities extends Construct {
  private readonly associations: { [serviceAccount: string]: string } = {};

  public constructor(scope: Construct, id: string, private readonly props: FluxIdentitiesProps) {
    super(scope, id);
    this.associate('SourceController', 'source-controller', [this.repositoryStatement('codecommit:GitPull')]);
  }

  /**
   * The identities that following image tags takes: one scans, one commits what was found.
   *
   * @internal
   */
  public _enableImageAutomation(): void {
    this.associate('ImageAutomationController', 'image-automation-controller', [
      this.repositoryStatement('codecommit:GitPull'),
      new iam.PolicyStatement({
        actions: ['codecommit:GitPush'],
        resources: [this.props.infrastructureRepository.repositoryArn],
        conditions: onBranch(INFRASTRUCTURE_BRANCH),
      }),
    ]);
    const images = imageRepositoriesArn(this, this.props.imageRepositoriesPrefix);
    const reflector = this.associate('ImageReflectorController', 'image-reflector-controller', [
      new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }), // ECR has no resource for it
      new iam.PolicyStatement({
        actions: ['ecr:BatchGetImage', 'ecr:ListImages'],
        resources: [images],
      }),
    ]);
    acknowledge(reflector, REGISTRY_TOKEN, platformImages(images));
  }

  /**
   * The association of each service account: a controller gets its credentials only when it starts, so it has to start
   * again when this changes.
   *
   * @internal
   */
  public get _associations(): { readonly [serviceAccount: string]: string } {
    return this.associations;
  }

  private repositoryStatement(...actions: string[]): iam.PolicyStatement {
    return new iam.PolicyStatement({ actions, resources: [this.props.infrastructureRepository.repositoryArn] });
  }

  private associate(id: string, serviceAccount: string, statements: iam.PolicyStatement[]): iam.Role {
    const { cluster } = this.props;
    const role = new iam.Role(this, `${id}Role`, {
      description: `Flux ${serviceAccount}`,
      // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
      assumedBy: new iam.ServicePrincipal('pods.eks.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:RequestTag/eks-cluster-arn': cluster.clusterArn,
            'aws:RequestTag/kubernetes-namespace': FLUX_NAMESPACE,
            'aws:RequestTag/kubernetes-service-account': serviceAccount,
          },
        },
      }).withSessionTags(),
      inlinePolicies: { Flux: new iam.PolicyDocument({ statements }) },
    });
    acknowledge(role, ...INLINE_POLICY);
    const association = new CfnPodIdentityAssociation(this, id, {
      clusterName: cluster.clusterName,
      namespace: FLUX_NAMESPACE,
      serviceAccount,
      roleArn: role.roleArn,
    });
    this.associations[serviceAccount] = association.attrAssociationId;
    return role;
  }
}

/** The image repositories that carry a platform's prefix. */
export function imageRepositoriesArn(scope: Construct, prefix: string): string {
  return Stack.of(scope).formatArn({ service: 'ecr', resource: 'repository', resourceName: `${prefix}/*` });
}

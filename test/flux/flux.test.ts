import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ClusterAccess, PlatformCluster } from '../../src/cluster';
import { Flux, ReconcileTrigger } from '../../src/flux';
import { CONTROLLERS } from '../../src/flux/bootstrap-handler/request';
import { flux as shippedVersion } from '../../src/flux/install/versions.json';
import { testApp } from '../platform/test-app';

/** Flux's service accounts that have an identity. */
const ACCOUNTS = ['source-controller', 'image-automation-controller', 'image-reflector-controller'];

const stack = new Stack(testApp(), 'Stack');
const clusterAccess = new ClusterAccess(stack, 'Access', { cluster: new PlatformCluster(stack, 'Cluster').cluster });
const infrastructureRepository = new codecommit.Repository(stack, 'Repository', { repositoryName: 'infra' });
const nodes = new sqs.Queue(stack, 'Nodes'); // anything that has to come first
const deadLetterQueue = new sqs.Queue(stack, 'DeadLetters');
const flux = new Flux(stack, 'Flux', { platformName: 'acme', clusterAccess, infrastructureRepository, prerequisites: nodes });
const trigger = new ReconcileTrigger(stack, 'Trigger', { clusterAccess, infrastructureRepository, imageRepositoriesPrefix: 'acme', deadLetterQueue });
flux._enableImageAutomation();
trigger._enableImageAutomation();
const dependent = new sqs.Queue(new Construct(stack, 'Scope'), 'Dependent');
dependent.node.addDependency(flux.ready);

const template = Template.fromStack(stack);
const [[installationId, installation]] = Object.entries<any>(template.findResources('Custom::Flux'));
/** What a property of the installation says, with each token as its JSON. */
const text = (name: string): string => [installation.Properties[name]].flatMap((value: any) => value['Fn::Join']?.[1] ?? value)
  .map((part: unknown) => typeof part === 'string' ? part : `<${JSON.stringify(part).replaceAll('"', '')}>`).join('');

describe('installation', () => {
  test('is of the version that the package ships', () => {
    expect(installation.Properties.FluxVersion).toBe(shippedVersion);
  });

  test('runs the controllers that are needed and no other', () => {
    expect(JSON.parse(text('Controllers'))).toEqual([
      'source-controller', 'kustomize-controller', 'image-reflector-controller', 'image-automation-controller',
    ]);
    JSON.parse(text('Controllers')).forEach((name: string) => expect(CONTROLLERS).toContain(name));
  });

  test('has as much time as CloudFormation gives', () => {
    expect(installation.Properties.ServiceTimeout).toBe('3600');
  });

  test('follows the repository by the URL that Flux signs for', () => {
    const source = JSON.parse(text('Objects')).find(({ kind }: any) => kind === 'GitRepository');

    expect(source.spec).toMatchObject({ provider: 'aws', ref: { branch: 'main' } });
    expect(source.spec.url).toMatch(/^https:\/\/git-codecommit\.<{Ref:AWS::Region}>\.<{Ref:AWS::URLSuffix}>\/v1\/repos\/<{Fn::GetAtt:\[Repository\w+,Name]}>$/);
    expect(source.spec).not.toHaveProperty('secretRef');
  });

  test('a new association is a change of it, so that pods start again with their credentials', () => {
    expect(Object.keys(JSON.parse(text('Associations')))).toEqual(ACCOUNTS);
    expect(text('Associations')).toMatch(/AssociationId/);
  });

  test('waits for identities, the way to the cluster, its own policies and what else has to come first', () => {
    const types = new Set((installation.DependsOn as string[]).map((id) => template.toJSON().Resources[id].Type));

    expect([...types].sort()).toEqual([
      'AWS::EC2::SecurityGroupIngress', 'AWS::EKS::AccessEntry', 'AWS::EKS::PodIdentityAssociation', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::SQS::Queue',
    ]);
  });

  test('what is ready comes after it', () => {
    template.hasResource('AWS::SQS::Queue', { DependsOn: [installationId] });
  });

  test('the bootstrap function is the cluster\'s only administrator', () => {
    const administrators = Object.values(template.findResources('AWS::EKS::AccessEntry', { Properties: { AccessPolicies: Match.anyValue() } }));

    expect(administrators).toHaveLength(1);
    expect(JSON.stringify(administrators)).toMatch(/FluxRole/);
  });
});

test.each(ACCOUNTS)('only %s of this cluster takes its role', (serviceAccount) => {
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [{
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:RequestTag/eks-cluster-arn': Match.anyValue(),
            'aws:RequestTag/kubernetes-namespace': 'flux-system',
            'aws:RequestTag/kubernetes-service-account': serviceAccount,
          },
        },
      }],
    },
  });
  template.hasResourceProperties('AWS::EKS::PodIdentityAssociation', { Namespace: 'flux-system', ServiceAccount: serviceAccount });
});

describe('reconcile trigger', () => {
  test('a commit on the branch that Flux follows', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.codecommit'],
        'detail-type': ['CodeCommit Repository State Change'],
        'resources': [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Repository'), 'Arn'] }],
        'detail': { event: ['referenceCreated', 'referenceUpdated'], referenceType: ['branch'], referenceName: ['main'] },
      },
    });
  });

  test('an environment\'s tag on an image of the platform', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        'detail': {
          'action-type': ['PUSH'],
          'result': ['SUCCESS'],
          'repository-name': [{ prefix: 'acme/' }],
          'image-tag': [{ 'anything-but': { prefix: 'build-' } }],
        },
      },
    });
  });

  test('an event that is not delivered, or not handled, is kept', () => {
    template.allResourcesProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({
        DeadLetterConfig: { Arn: Match.anyValue() },
        RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 10 },
      })],
    });
    template.hasResourceProperties('AWS::Lambda::Function', { Description: 'Asks Flux to look now', DeadLetterConfig: { TargetArn: Match.anyValue() } });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 900 });
  });

  test('its function is in the reconcile group and knows what it answers for', () => {
    template.hasResourceProperties('AWS::EKS::AccessEntry', { KubernetesGroups: ['cdk-gitops-pipeline:reconcile'] });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ INFRASTRUCTURE_BRANCH: 'main', IMAGE_REPOSITORIES_PREFIX: 'acme/', CLUSTER_NAME: Match.anyValue() }),
      },
    });
  });
});

test('every function writes structured logs with an end, to a group of its own', () => {
  template.allResourcesProperties('AWS::Lambda::Function', {
    LoggingConfig: { LogFormat: 'JSON', LogGroup: Match.anyValue() }, Architectures: ['arm64'], Runtime: Match.stringLikeRegexp('^nodejs2[2-9]'),
  });
  template.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 90 }, 2);
});

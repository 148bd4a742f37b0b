import { APPS } from './apps';
import { Authority, withoutHash } from './authority';

// the environment that follows tags has every part, so nobody's rights are missing
const authority = new Authority(APPS['staging by tag, production by approval']());
const INFRASTRUCTURE = /InfrastructureRepository/;
const WRITE_GIT = /^codecommit:(?!Get|Batch|List|GitPull|UploadArchive|CancelUploadArchive)/;

test('three roles write the infrastructure repository, on the branch that Flux follows', () => {
  const writers = authority.rights().filter(({ action }) => WRITE_GIT.test(action));

  expect(writers.map(({ role, action }) => `${withoutHash(role)} ${action}`).sort()).toEqual([
    'ShopPlatformDeployerRole codecommit:CreateCommit',
    'ShopPlatformFileWriterRole codecommit:CreateCommit',
    'ShopPlatformFluxIdentitiesImageAutomationControllerRole codecommit:GitPush',
  ]);
  writers.forEach(({ resources, conditions }) => {
    expect(resources).toEqual([expect.stringMatching(INFRASTRUCTURE)]);
    expect(conditions).toEqual({ 'ForAllValues:StringEquals': { 'codecommit:References': 'refs/heads/main' } });
  });
});

test('without an environment that follows tags no pod writes Git', () => {
  expect(new Authority(APPS['no props']()).who(WRITE_GIT)).toEqual(['ShopPlatformDeployerRole', 'ShopPlatformFileWriterRole']);
});

test('nobody writes the application\'s source', () => {
  expect(authority.who(WRITE_GIT, /SourceRepository/)).toEqual([]);
});

describe('a build', () => {
  const rights = authority.rights().filter(({ role }) => withoutHash(role) === 'ShopApplicationBuildProjectRole');
  const touching = (pattern: RegExp) => rights
    .filter(({ resources }) => resources.some((resource) => pattern.test(resource))).map(({ action }) => action);

  test('has no right on Git, the cluster, functions or the pipeline', () => {
    expect(rights.map(({ action }) => action.split(':')[0]).filter((service) => !['codebuild', 'ecr', 'kms', 'logs', 's3'].includes(service))).toEqual([]);
    expect(touching(INFRASTRUCTURE)).toEqual([]);
  });

  test('pushes to its own image repository and deletes nothing there', () => {
    const images = rights.filter(({ action }) => action.startsWith('ecr:') && action !== 'ecr:GetAuthorizationToken');

    images.forEach(({ resources }) => expect(resources).toEqual([expect.stringMatching(/"ShopApplicationImagesRepository\w+","Arn"/)]));
    expect(images.filter(({ action }) => /Delete|Tag(Resource)?$|Policy|Mutability/.test(action))).toEqual([]);
  });

  test('reads artifacts and writes none', () => {
    expect(touching(/Artifacts/).sort()).toEqual(['s3:GetBucket*', 's3:GetObject*', 's3:List*']);
  });
});

test('three roles reach the cluster, one of them as its administrator', () => {
  const entries = authority.ofType('AWS::EKS::AccessEntry').map(([, { PrincipalArn, KubernetesGroups = [], AccessPolicies = [] }]) => ({
    role: withoutHash(PrincipalArn['Fn::GetAtt'][0]), groups: KubernetesGroups, policies: AccessPolicies.length,
  }));

  expect(entries).toEqual(expect.arrayContaining([
    { role: 'ShopPlatformFluxRole', groups: [], policies: 1 },
    { role: 'ShopPlatformReconcileTriggerRole', groups: ['cdk-gitops-pipeline:reconcile'], policies: 0 },
    { role: 'ShopPlatformDeployerRole', groups: ['cdk-gitops-pipeline:deploy'], policies: 0 },
  ]));
  expect(entries).toHaveLength(3);
});

test('the administrator can call itself and nothing else of AWS, the reconcile function can keep an event', () => {
  const others = (role: string) => authority.rights().filter((right) => withoutHash(right.role) === role && !right.action.startsWith('logs:'))
    .map(({ action }) => action);

  expect(others('ShopPlatformFluxRole')).toEqual(['lambda:InvokeFunction']);
  expect(others('ShopPlatformReconcileTriggerRole')).toEqual(['sqs:SendMessage']);
});

test('nodes have no rights but those of the policies that EKS asks for', () => {
  expect(authority.rights().filter(({ role }) => role.includes('WorkerNodes'))).toEqual([]);
});

test('no role gives, takes or passes another one, and nobody approves', () => {
  expect(authority.who(/^(iam|sts):|PutApprovalResult|^eks:|^kms:(Put|Create|Schedule|Disable)/)).toEqual([]);
});

test('services take the roles, nobody else does', () => {
  const principals = authority.ofType('AWS::IAM::Role').flatMap(([, { AssumeRolePolicyDocument }]) => AssumeRolePolicyDocument.Statement)
    .map(({ Principal }: any) => Principal);

  principals.forEach((principal) => expect(Object.keys(principal)).toEqual(['Service']));
});

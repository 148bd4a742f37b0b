import { PlatformStack, Resource } from './platform-stack';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const stack = new PlatformStack({ imageAutomation: true });
const resources = Object.entries(stack.resources);

/** Every identity statement of the template, by the logical id of the role or policy that holds it. */
const statements = resources.flatMap(([id, { Type, Properties }]) => {
  const documents = Type === 'AWS::IAM::Policy' ? [Properties.PolicyDocument]
    : Type === 'AWS::IAM::Role' ? (Properties.Policies ?? []).map((policy: any) => policy.PolicyDocument) : [];
  return documents.flatMap((document: any) => document.Statement as Statement[]).map((statement: Statement) => ({ id, statement }));
});
const actionsOf = ({ Action }: Statement) => [Action].flat();

/** What a role may do, without its logs. */
function actions(idPart: string): string[] {
  return statements.filter(({ id }) => id.includes(idPart)).flatMap(({ statement }) => actionsOf(statement))
    .filter((action) => !action.startsWith('logs:')).sort();
}

test('only actions that AWS has no resource for are allowed on everything', () => {
  const everywhere = statements.filter(({ statement }) => [statement.Resource].flat().includes('*')).flatMap(({ statement }) => actionsOf(statement));

  expect(everywhere.sort()).toEqual(['codepipeline:PutJobFailureResult', 'codepipeline:PutJobSuccessResult', 'ecr:GetAuthorizationToken']);
});

test('no action is a pattern', () => {
  expect(statements.flatMap(({ statement }) => actionsOf(statement)).filter((action) => action.includes('*'))).toEqual([]);
});

test('each part may do this', () => {
  expect({
    bootstrap: [...actions('FluxContinueLater'), ...actions('FluxRoleDefaultPolicy')],
    reconcile: actions('ReconcileTrigger'),
    deploy: actions('Deployer'),
    files: actions('FileWriter'),
    source: actions('SourceController'),
    imageAutomation: actions('ImageAutomationController'),
    imageReflector: actions('ImageReflectorController'),
    events: actions('StartPipelineRole'),
  }).toEqual({
    bootstrap: ['lambda:InvokeFunction'],
    reconcile: ['sqs:SendMessage'],
    deploy: expect.arrayContaining([
      'codecommit:CreateCommit', 'codecommit:GetBranch', 'codecommit:GetCommit', 'codecommit:GetFile', 'codepipeline:PutJobFailureResult',
      'codepipeline:PutJobSuccessResult', 'ecr:BatchGetImage', 'ecr:PutImage', 'sqs:SendMessage',
    ]),
    files: ['codecommit:CreateCommit', 'codecommit:GetBranch', 'codecommit:GetFile', 'codecommit:GetFolder'],
    source: ['codecommit:GitPull'],
    imageAutomation: ['codecommit:GitPull', 'codecommit:GitPush'],
    imageReflector: ['ecr:BatchGetImage', 'ecr:GetAuthorizationToken', 'ecr:ListImages'],
    events: ['codepipeline:StartPipelineExecution'],
  });
});

test('images are reached by the platform\'s prefix', () => {
  const ecr = statements.filter(({ statement }) => actionsOf(statement).some((action) => action.startsWith('ecr:') && action !== 'ecr:GetAuthorizationToken'));

  expect(ecr).toHaveLength(2);
  ecr.forEach(({ statement }) => expect(JSON.stringify(statement.Resource)).toMatch(/:repository\/acme\/\*"/));
});

test('the AWS-managed policies are these', () => {
  const managed = resources.flatMap(([, { Properties }]: [string, Resource]) => (Properties?.ManagedPolicyArns ?? []) as unknown[])
    .map((arn) => JSON.stringify(arn).match(/[A-Za-z_0-9]+(?="\]\]\}$)/)![0]);

  expect([...new Set(managed)].sort()).toEqual([
    'AWSLambdaENIManagementAccess', 'AmazonEC2ContainerRegistryPullOnly', 'AmazonEKSClusterPolicy', 'AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy',
  ]);
});

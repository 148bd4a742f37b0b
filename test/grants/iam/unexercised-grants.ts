/** Grants that no run uses, and why they stay */
export interface UnexercisedGrants {
  /** Logical id without its hash, of a role or of a resource with a policy of its own. */
  readonly holder: string;
  /** Actions or resource patterns of its statements; the latter with the logical ids of what they name, without hashes. */
  readonly parts: readonly string[];
  readonly reason: string;
}

const PIPELINE = 'ShopApplicationDeliveryPipelineRole';
const BUILD = 'ShopApplicationBuildProjectRole';
const BUCKET = 'ShopPlatformArtifacts';

export const UNEXERCISED_GRANTS: readonly UnexercisedGrants[] = [
  {
    holder: PIPELINE,
    parts: [
      BUCKET, 's3:Abort*', 's3:DeleteObject*', 's3:GetBucket*', 's3:GetObject*', 's3:List*', 's3:PutObjectLegalHold', 's3:PutObjectRetention',
      's3:PutObjectTagging', 's3:PutObjectVersionTagging', 'kms:DescribeKey', 'kms:Encrypt', 'kms:ReEncrypt*',
    ],
    reason: 'The CDK gives them to each pipeline with its bucket and key; the pipelines of the sandbox only write artifacts.',
  },
  {
    holder: PIPELINE,
    parts: ['codecommit:CancelUploadArchive', 'codebuild:StopBuild'],
    reason: 'The CDK gives them with the two actions; CodePipeline takes them when somebody stops an execution.',
  },
  {
    holder: BUILD,
    parts: [BUCKET, 's3:GetBucket*', 's3:List*', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    reason: 'The CDK gives them to each build with the pipeline\'s bucket and key; a build here reads its source and nothing else.',
  },
  {
    holder: BUILD,
    parts: ['codebuild:BatchPutCodeCoverages', 'logs:log-group:/aws/codebuild/shop-shop:*'],
    reason: 'The CDK gives them to each project; the sample application reports tests, not coverage, and CodeBuild\'s stand-in names the log group.',
  },
  {
    holder: BUILD,
    parts: ['ecr:BatchGetImage'],
    reason: 'A push by Docker\'s containerd store asks for the manifest first; the sandbox builds without Docker.',
  },
  {
    holder: 'ShopPlatformClusterNetworkVpcFlowLogIAMRole',
    parts: [
      'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams',
      'logs:log-group:/aws/cloudformation/ShopStack/ShopPlatformClusterNetworkVpcFlowLogLogGroup:*',
    ],
    reason: 'VPC flow logs use them; the sandbox has no network.',
  },
  {
    holder: 'ShopPlatformDeployerRole',
    parts: ['sqs:SendMessage', 'ShopPlatformFailedEventsQueue'],
    reason: 'Lambda sends an event there that it gave up after three attempts; the deploy function answers each job itself.',
  },
  {
    holder: 'ShopPlatformFailedEventsQueue',
    parts: ['sqs:SendMessage'],
    reason: 'EventBridge sends an event there that it could not hand to the function; its stand-in always can.',
  },
  {
    holder: 'ShopPlatformFileWriterRole',
    parts: ['codecommit:GetFolder'],
    reason: 'Asked when an update leaves out a folder of the repository; the example is deployed and deleted as a whole.',
  },
  {
    holder: 'ShopPlatformFluxRole',
    parts: ['lambda:InvokeFunction', 'ShopPlatformFluxBootstrap'],
    reason: 'The function calls itself when Flux takes longer than one invocation may; in the sandbox it takes seconds.',
  },
];

/** Statements that may each be taken away, since another one of the role allows the same, by their names without hashes. */
export const ALLOWED_TWICE: Readonly<Record<string, string>> = {
  [`${BUILD} kms:Decrypt`]: 'The CDK gives it with the project\'s key and again with the pipeline\'s bucket.',
  [`${PIPELINE} kms:Decrypt`]: 'The source action needs it through CodeCommit only, which the key\'s own policy allows; the CDK gives it with the bucket.',
};

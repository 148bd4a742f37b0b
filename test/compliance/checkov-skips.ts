/** Checks of checkov that fail, and why they may. */
export const CHECKOV_SKIPS: Record<string, string> = {
  CKV_AWS_18: 'Access log of the artifact bucket: as S3BucketLoggingEnabled.',
  CKV_AWS_27: 'The queue is encrypted by SQS; checkov looks for a key only.',
  CKV_AWS_33: 'Everyone of this account, and through CodeCommit only: the statement has both as its conditions. So whoever may use a repository needs no right on its key.',
  CKV_AWS_115: 'Reserved concurrency: as LambdaConcurrency.',
  CKV_AWS_116: 'Dead-letter queue of what CloudFormation calls: as LambdaDLQ.',
  CKV_AWS_117: 'The writer of repository files outside the network: as LambdaInsideVPC.',
  CKV_AWS_136: 'ECR encrypts images with a key of its own. They hold no secrets, and with a key of the account, losing that key would end every workload at its next start.',
  CKV_AWS_158: 'Key of log groups: as CloudWatchLogGroupEncrypted.',
  CKV_AWS_173: 'Lambda encrypts the variables with a key of its own. They hold names, the cluster\'s address and its public certificate.',
};

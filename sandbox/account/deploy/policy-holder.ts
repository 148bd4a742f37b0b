import { arn } from '../constants';

/** The name of a role, or the ARN of another resource that may have a policy; undefined for all others. */
export function policyHolder(type: string, physicalId: string): string | undefined {
  switch (type) {
    case 'AWS::IAM::Role': return physicalId;
    case 'AWS::KMS::Key': return physicalId.startsWith('arn:') ? physicalId : arn('kms', `key/${physicalId}`);
    case 'AWS::S3::Bucket': return `arn:aws:s3:::${physicalId}`;
    case 'AWS::SQS::Queue': return arn('sqs', physicalId.split('/').pop()!);
    case 'AWS::Lambda::Function': return arn('lambda', `function:${physicalId}`);
    default: return undefined;
  }
}

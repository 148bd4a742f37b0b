import { ACCOUNT, REGION } from '../constants';

export const ASSETS_BUCKET = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;

/** The part of CDK's bootstrap stack that a deployment meets: the bucket for assets and the version parameter. */
export const BOOTSTRAP_TEMPLATE = {
  Resources: {
    StagingBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: ASSETS_BUCKET, VersioningConfiguration: { Status: 'Enabled' } } },
    CdkBootstrapVersion: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name: '/cdk-bootstrap/hnb659fds/version', Value: '31' } },
  },
};

/** What an assembly leaves open when a stack does not say its account or region. */
export function fillPlaceholders(text: string): string {
  return text.replaceAll('${AWS::AccountId}', ACCOUNT).replaceAll('${AWS::Region}', REGION).replaceAll('${AWS::Partition}', 'aws');
}

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../../private/acknowledge';
import { control } from '../../private/acknowledge-findings';

/** Long enough to retry or roll back a stage; the images are in ECR, the sources in Git. */
const KEPT = Duration.days(30);

/** What was overwritten or deleted stays this much longer: artifacts are written once, so a second version is worth a look. */
const KEPT_VERSIONS = Duration.days(7);

/** Makes the bucket for the artifacts of all pipelines. */
export function createArtifactBucket(scope: Construct, encryptionKey: kms.IKey, removalPolicy: RemovalPolicy): s3.Bucket {
  const bucket = new s3.Bucket(scope, 'Artifacts', {
    encryption: s3.BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [{ expiration: KEPT, noncurrentVersionExpiration: KEPT_VERSIONS, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy,
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
  });
  const logs = 'Only pipelines and builds use it, and CodePipeline keeps the history of both. A log takes one more bucket with another kind of encryption; CloudTrail\'s data events show each call where that is asked for.';
  acknowledge(
    bucket,
    { id: 'AwsSolutions-S1', reason: logs },
    ...control('S3BucketLoggingEnabled', logs),
    ...control('S3BucketReplicationEnabled', 'Artifacts live for days and can be made again from the source, which is in CodeCommit; images are in ECR.'),
  );
  return bucket;
}

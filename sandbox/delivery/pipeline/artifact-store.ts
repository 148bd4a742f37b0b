import { randomBytes } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PipelineDefinition } from './definition';
import { Artifact } from './execution';
import { REGION } from '../../account/constants';
import { AwsError } from '../../account/contracts';
import { Caller } from '../signed-call';

/** Writes an artifact into the pipeline's bucket, with the rights of the caller. */
export async function putArtifact(caller: Caller, pipeline: PipelineDefinition, name: string, body: Buffer, revision?: string): Promise<Artifact> {
  const { bucket, encryptionKey } = pipeline.artifactStore;
  // CodePipeline cuts both names, too
  const key = `${pipeline.name.slice(0, 20)}/${name.slice(0, 10)}/${randomBytes(5).toString('base64url')}`;
  await asCaller(caller, (s3) => s3.send(new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: body,
    ContentType: 'application/zip',
    ...(encryptionKey && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryptionKey }),
  })));
  return { name, bucket, key, revision };
}

/** Reads an artifact, with the rights of the caller. */
export async function getArtifact(caller: Caller, artifact: Pick<Artifact, 'bucket' | 'key'>): Promise<Buffer> {
  return asCaller(caller, async (s3) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: artifact.bucket, Key: artifact.key }));
    return Buffer.from(await Body!.transformToByteArray());
  });
}

async function asCaller<T>(caller: Caller, use: (s3: S3Client) => Promise<T>): Promise<T> {
  const s3 = new S3Client({ region: REGION, endpoint: caller.endpointUrl, credentials: caller.credentials, forcePathStyle: true });
  try {
    return await use(s3);
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    throw $metadata ? new AwsError(name, message, $metadata.httpStatusCode) : error;
  } finally {
    s3.destroy();
  }
}

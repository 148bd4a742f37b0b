import { ACCOUNT, REGION } from '../constants';
import { Check } from '../contracts';
import { Repository } from './repository';

/** What CodeCommit does with a repository's own key on behalf of the caller (its user guide, "Encryption"). */
const READ = ['kms:Decrypt'];
const WRITE = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey'];

/** With a customer managed key the caller needs the key too; with CodeCommit's own, nothing. */
export function keyChecks(repository: Repository | undefined, access: 'read' | 'write'): Check[] {
  if (!repository?.kmsKeyId) return [];
  const resource = repository.kmsKeyId.startsWith('arn:') ? repository.kmsKeyId : `arn:aws:kms:${REGION}:${ACCOUNT}:key/${repository.kmsKeyId}`;
  const context = { 'kms:ViaService': `codecommit.${REGION}.amazonaws.com`, 'kms:CallerAccount': ACCOUNT };
  return (access === 'read' ? READ : WRITE).map(action => ({ action, resource, context }));
}

/** The operations of the API that read or write content; the others only see names and dates. */
export function accessOf(operation: string): 'read' | 'write' | undefined {
  if (['CreateCommit', 'PutFile', 'DeleteFile'].includes(operation)) return 'write';
  return ['GetFile', 'GetFolder', 'GetBlob', 'GetDifferences', 'GetCommit', 'BatchGetCommits'].includes(operation) ? 'read' : undefined;
}

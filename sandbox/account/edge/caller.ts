import { IncomingMessage } from 'node:http';

/** Who a request says it is from, before anything is checked */
export interface Caller {
  accessKeyId: string;
  /** The service that the signature is scoped to. */
  service: string;
}

/** The credential scope of a SigV4 request, in its header or (presigned) in its query. */
export function callerOf(message: IncomingMessage): Caller | undefined {
  const header = /^AWS4-HMAC-SHA256 .*?Credential=([^/]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(message.headers.authorization ?? '');
  if (header) return { accessKeyId: header[1], service: header[2] };
  const scope = new URL(message.url ?? '/', 'http://edge').searchParams.get('X-Amz-Credential')?.split('/');
  return scope && scope.length === 5 ? { accessKeyId: scope[0], service: scope[3] } : undefined;
}

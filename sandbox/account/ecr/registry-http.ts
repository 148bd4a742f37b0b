import { IncomingMessage, request, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Authorisation } from '../authorisation';
import { arn, ECR_HOST } from '../constants';
import { AwsError } from '../contracts';
import { loopbackAgent, readBody } from '../http';
import { announceImage, PutEvent } from './events';
import { Images } from './images';
import { Registry } from './registry';
import { RegistryTokens } from './tokens';

/** Stands in for the registry end of ECR (`<account>.dkr.ecr…`): a real OCI registry behind ECR's login and policies. */
export class RegistryHttp {
  constructor(
    private readonly registry: Registry, private readonly images: Images, private readonly tokens: RegistryTokens,
    private readonly authorisation: Authorisation, private readonly putEvent: PutEvent,
  ) {}

  public async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const accessKeyId = this.tokens.accessKeyOf(incoming.headers.authorization);
    if (!accessKeyId) {
      outgoing.setHeader('www-authenticate', `Basic realm="https://${ECR_HOST}/",service="ecr.amazonaws.com"`);
      return refuse(outgoing, 401, 'UNAUTHORIZED', 'Not Authorized');
    }
    const url = new URL(incoming.url!, 'http://registry');
    if (url.pathname === '/v2/') {
      outgoing.writeHead(200, { 'docker-distribution-api-version': 'registry/2.0' }).end();
      return;
    }
    try {
      const [, name, rest] = /^\/v2\/(.+?)\/((?:manifests|blobs|tags|referrers)\/.*)$/.exec(url.pathname) ?? [];
      const action = name && actionOf(incoming.method!, rest);
      if (!action) return refuse(outgoing, 405, 'UNSUPPORTED', `ECR does not serve ${incoming.method} ${url.pathname}`);
      await this.authorisation.authorise({ accessKeyId, service: 'ecr', checks: [{ action, resource: arn('ecr', `repository/${name}`) }] });
      const repository = this.images.get(name);
      if (action !== 'ecr:PutImage') return await passThrough(this.registry, incoming, outgoing);
      await this.putManifest(repository.name, rest.split('/')[1], incoming, outgoing);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const [status, code] = ERRORS[error.code] ?? [403, 'DENIED'];
      refuse(outgoing, status, code, error.message);
    }
  }

  private async putManifest(name: string, reference: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const repository = this.images.get(name);
    const manifest = (await readBody(incoming)).toString();
    const mediaType = String(incoming.headers['content-type']);
    const tag = reference.startsWith('sha256:') ? undefined : reference;
    try {
      const image = repository.put(manifest, mediaType, tag);
      await this.registry.putManifest(name, reference, manifest, mediaType);
      outgoing.writeHead(201, { 'docker-content-digest': image.digest, 'location': `/v2/${name}/manifests/${image.digest}` }).end();
      await announceImage(this.putEvent, 'PUSH', repository, image, tag);
    } catch (error) {
      // pushing the same again changes nothing, and clients take it as done
      if (!(error instanceof AwsError) || error.code !== 'ImageAlreadyExistsException') throw error;
      outgoing.writeHead(201, { 'docker-content-digest': repository.find(tag ? { imageTag: tag } : { imageDigest: reference })!.digest }).end();
    }
  }
}

const ERRORS: Record<string, [number, string]> = {
  RepositoryNotFoundException: [404, 'NAME_UNKNOWN'],
  ImageTagAlreadyExistsException: [400, 'TAG_INVALID'],
};

/** Public registries, read by anyone; they hold what the run put there under the same names. */
export async function servePublic(registry: Registry, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (!['GET', 'HEAD'].includes(incoming.method!)) return refuse(outgoing, 401, 'UNAUTHORIZED', 'authentication required');
  await passThrough(registry, incoming, outgoing);
}

/** The action that each request of a registry client amounts to, after ECR's guide on private repository policies. */
function actionOf(method: string, rest: string): string | undefined {
  if (rest.startsWith('manifests/')) return ({ GET: 'ecr:BatchGetImage', HEAD: 'ecr:BatchGetImage', PUT: 'ecr:PutImage' } as Record<string, string>)[method];
  if (rest === 'tags/list') return method === 'GET' ? 'ecr:ListImages' : undefined;
  if (rest.startsWith('referrers/')) return method === 'GET' ? 'ecr:BatchGetImage' : undefined;
  if (rest.startsWith('blobs/uploads/')) {
    return ({ POST: 'ecr:InitiateLayerUpload', PATCH: 'ecr:UploadLayerPart', PUT: 'ecr:CompleteLayerUpload', GET: 'ecr:UploadLayerPart' } as Record<string, string>)[method];
  }
  return ({ GET: 'ecr:GetDownloadUrlForLayer', HEAD: 'ecr:BatchCheckLayerAvailability' } as Record<string, string>)[method];
}

async function passThrough(registry: Registry, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { authorization, connection, ...headers } = incoming.headers;
  await new Promise<void>((resolve, reject) => {
    const upstream = request({ host: '127.0.0.1', port: registry.port, method: incoming.method, path: incoming.url, headers, agent: loopbackAgent, setHost: false }, answer => {
      const { warning, connection: hop, ...answered } = answer.headers;
      outgoing.writeHead(answer.statusCode!, answered);
      pipeline(answer, outgoing).then(resolve, reject);
    });
    upstream.on('error', reject);
    pipeline(incoming, upstream).catch(reject);
  });
}

function refuse(outgoing: ServerResponse, status: number, code: string, message: string): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(status, { 'content-type': 'application/json', 'docker-distribution-api-version': 'registry/2.0' })
    .end(JSON.stringify({ errors: [{ code, message }] }));
}

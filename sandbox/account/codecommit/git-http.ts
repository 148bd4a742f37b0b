import { spawn } from 'node:child_process';
import { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Authorisation } from '../authorisation';
import { arn } from '../constants';
import { AwsError, Check } from '../contracts';
import { readBody } from '../http';
import { Session, Sessions } from '../sessions';
import { gitEnvironment } from './git';
import { verifyGit } from './git-credential';
import { keyChecks } from './key-checks';
import { Repositories } from './repositories';
import { NO_COMMIT, Repository } from './repository';

interface ReferenceUpdate { from: string; to: string; reference: string }

/** Stands in for git-codecommit: git's own http-backend, behind the signed credential and the caller's policies. */
export class GitHttp {
  constructor(private readonly repositories: Repositories, private readonly sessions: Sessions, private readonly authorisation: Authorisation) {}

  public async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url!, 'http://git');
    const [, path, name, rest] = /^(\/v1\/repos\/([\w.-]+))(\/.*)$/.exec(url.pathname) ?? [];
    if (!name) return refuse(outgoing, 404, 'A repository is at /v1/repos/<name>.');
    const session = this.login(incoming, path);
    if (session === undefined) {
      outgoing.setHeader('www-authenticate', 'Basic realm="CodeCommit"');
      return refuse(outgoing, 401, 'Credentials are required.');
    }
    if (typeof session === 'string') return refuse(outgoing, 403, session);
    const body = await readBody(incoming);
    const push = rest === '/git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack';
    const updates = rest === '/git-receive-pack' ? referenceUpdates(body, incoming.headers['content-encoding']) : [];
    try {
      const key = keyChecks(this.repositories.find(name), push ? 'write' : 'read');
      await this.authorisation.authorise({
        accessKeyId: session.accessKeyId, service: 'codecommit', checks: [...checks(name, push, updates), ...key],
      });
      const repository = this.repositories.get(name);
      await runBackend(repository, rest, url.search.slice(1), incoming, body, session, outgoing);
      await this.announce(repository, updates, session.roleArn);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      refuse(outgoing, error.code === 'RepositoryDoesNotExistException' ? 404 : 403, error.message);
    }
  }

  private login(incoming: IncomingMessage, path: string): Session | string | undefined {
    const basic = /^Basic (.+)$/i.exec(incoming.headers.authorization ?? '')?.[1];
    if (!basic) return undefined;
    const [, username, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? [];
    return verifyGit(this.sessions, path, username ?? '', password ?? '');
  }

  private async announce(repository: Repository, updates: ReferenceUpdate[], principal: string): Promise<void> {
    if (updates.length > 0 && await repository.defaultBranch() === undefined) {
      const first = updates.find(({ reference }) => reference.startsWith('refs/heads/'));
      if (first) await repository.setDefaultBranch(first.reference.replace('refs/heads/', ''));
    }
    for (const update of updates) {
      const now = await repository.resolve(update.reference) ?? NO_COMMIT;
      if (now === update.to) await this.repositories.announce({ repository, principal, ...update });
    }
  }
}

function checks(name: string, push: boolean, updates: ReferenceUpdate[]): Check[] {
  const resource = arn('codecommit', name);
  if (!push) return [{ action: 'codecommit:GitPull', resource }];
  // the first request of a push names no reference; CodeCommit checks once without and then with the references
  const context = updates.length > 0 ? { 'codecommit:References': updates.map(({ reference }) => reference) } : undefined;
  return [{ action: 'codecommit:GitPush', resource, context }];
}

/** The commands at the start of a push: `<old> <new> <reference>` in pkt-lines, until a flush. */
export function referenceUpdates(body: Buffer, encoding?: string): ReferenceUpdate[] {
  const plain = encoding === 'gzip' ? gunzipSync(body) : body;
  const updates: ReferenceUpdate[] = [];
  for (let at = 0; at + 4 <= plain.length;) {
    const length = parseInt(plain.subarray(at, at + 4).toString(), 16);
    if (!(length > 4)) break;
    const [, from, to, reference] = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)/.exec(plain.subarray(at + 4, at + length).toString()) ?? [];
    if (reference) updates.push({ from, to, reference });
    at += length;
  }
  return updates;
}

async function runBackend(
  repository: Repository, rest: string, query: string, incoming: IncomingMessage, body: Buffer, session: Session, outgoing: ServerResponse,
): Promise<void> {
  const child = spawn('git', ['http-backend'], {
    env: {
      ...gitEnvironment(),
      GIT_PROJECT_ROOT: repository.directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: rest,
      QUERY_STRING: query,
      REQUEST_METHOD: incoming.method!,
      CONTENT_TYPE: incoming.headers['content-type'] ?? '',
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: String(incoming.headers['content-encoding'] ?? ''),
      HTTP_GIT_PROTOCOL: String(incoming.headers['git-protocol'] ?? ''),
      REMOTE_USER: session.roleArn,
    } as unknown as NodeJS.ProcessEnv,
  });
  child.stdin.on('error', () => {});
  child.stdin.end(body);
  const out: Buffer[] = [];
  let err = '';
  child.stderr.on('data', chunk => { err += chunk; });
  for await (const chunk of child.stdout) out.push(chunk as Buffer);
  const answer = Buffer.concat(out);
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return refuse(outgoing, 500, err);
  let status = 200;
  for (const line of answer.subarray(0, end).toString().split('\r\n')) {
    const [, header, value] = /^([^:]+): (.*)$/.exec(line) ?? [];
    if (header === 'Status') status = Number(value.slice(0, 3));
    else if (header) outgoing.setHeader(header, value);
  }
  outgoing.writeHead(status).end(answer.subarray(end + 4));
}

function refuse(outgoing: ServerResponse, status: number, message: string): void {
  if (outgoing.headersSent) outgoing.destroy();
  else outgoing.writeHead(status, { 'content-type': 'text/plain' }).end(`${message}\n`);
}

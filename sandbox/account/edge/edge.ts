import { randomUUID } from 'node:crypto';
import { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Authorisation } from '../authorisation';
import { AwsError, Decided, ServiceEnd } from '../contracts';
import { ClosedConnection, EndFaults } from '../faults/ends';
import { FunctionFaults } from '../faults/functions';
import { close, forward, listen, readBody } from '../http';
import { Caller, callerOf } from './caller';
import { requiredChecks } from './required-checks';
import { Ministack, SignedRequest } from '../ministack/ministack';

const HOP_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'x-sandbox-decisions']);

interface Answer { readonly status: number; readonly headers: string[]; readonly body: string | Buffer }

/**
 * The one door to the account: what AWS_ENDPOINT_URL points at
 *
 * Services that the sandbox plays are answered here, after the signature and the policies of the caller's role have
 * been checked; all others go to ministack, which checks them itself and reports its decisions.
 */
export class Edge {
  public static async start(): Promise<Edge> {
    const edge = new Edge();
    const { server, port } = await listen((incoming, outgoing) => void edge.handle(incoming, outgoing));
    edge.server = server;
    edge.url = `http://127.0.0.1:${port}`;
    return edge;
  }

  public readonly services = new Map<string, ServiceEnd>();
  public url = '';
  public ministack!: Ministack;
  public authorisation!: Authorisation;
  public ends!: EndFaults;
  public functions!: FunctionFaults;
  private server!: Server;

  private constructor() {}

  public async stop(): Promise<void> {
    await close(this.server);
  }

  /** Answers one request; also called by the proxy that ends TLS for AWS's own host names. */
  public async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const caller = callerOf(incoming);
    const answer = await this.functions.call(caller?.accessKeyId, async () => this.answer(incoming, caller));
    if (answer && !outgoing.headersSent) outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    else outgoing.destroy();
  }

  /** Undefined when the connection is to be closed without one. */
  private async answer(incoming: IncomingMessage, caller: Caller | undefined): Promise<Answer | undefined> {
    try {
      const body = await readBody(incoming);
      if (caller && isRootOfMinistack(caller.accessKeyId)) {
        throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
      }
      const end = caller && this.services.get(caller.service);
      return await (end ? this.serve(end, caller, incoming, body) : this.pass(incoming, body));
    } catch (error) {
      return error instanceof ClosedConnection ? undefined : errorAnswer(error as Error);
    }
  }

  private async serve(end: ServiceEnd, caller: Caller, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    const operation = String(incoming.headers['x-amz-target'] ?? '').split('.').pop() ?? '';
    if (!operation) throw new AwsError('UnknownOperationException', `A request to ${caller.service} needs the header X-Amz-Target.`);
    await this.ends.meetService(caller.service, operation);
    const input = body.length > 0 ? JSON.parse(body.toString()) : {};
    const checks = [...requiredChecks(caller.service, operation, input), ...end.furtherChecks?.({ operation, input }) ?? []];
    const principal = await this.authorisation.authorise({ ...caller, checks, request: asSigned(incoming, body) });
    const output = await end.handle({ service: caller.service, operation, input, principal, accessKeyId: caller.accessKeyId });
    const type = String(incoming.headers['content-type'] ?? 'application/x-amz-json-1.1');
    return { status: 200, headers: ['content-type', type, 'x-amzn-requestid', randomUUID()], body: JSON.stringify(output ?? {}) };
  }

  private async pass(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    const answer = await forward(this.ministack.port, incoming.method!, incoming.url!, withoutChunking(incoming, body), body);
    const decisions = answer.headers['x-sandbox-decisions'];
    if (decisions) this.recordDecisions(String(decisions), answer.status);
    const headers = pairs(answer.rawHeaders).filter(([name]) => !HOP_HEADERS.has(name.toLowerCase()));
    return { status: answer.status, headers: headers.flat(), body: answer.body };
  }

  private recordDecisions(encoded: string, status: number): void {
    for (const made of JSON.parse(Buffer.from(encoded, 'base64').toString()) as Decided[]) this.authorisation.take(made, status);
  }
}

/** ministack takes these for its root user, without a signature. */
function isRootOfMinistack(accessKeyId: string): boolean {
  return accessKeyId === 'test' || /^\d{12}$/.test(accessKeyId);
}

function pairs(rawHeaders: string[]): [string, string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, i) => [rawHeaders[2 * i], rawHeaders[2 * i + 1]]);
}

function withoutChunking(incoming: IncomingMessage, body: Buffer): string[] {
  const headers = pairs(incoming.rawHeaders)
    .filter(([name]) => !['transfer-encoding', 'connection', 'expect', 'content-length'].includes(name.toLowerCase()) && !/^x-sandbox-/i.test(name));
  const length: [string, string][] = body.length > 0 || incoming.headers['content-length'] ? [['content-length', String(body.length)]] : [];
  return [...headers, ...length].flat();
}

function asSigned(incoming: IncomingMessage, body: Buffer): SignedRequest {
  const [path, query = ''] = incoming.url!.split('?');
  return { method: incoming.method!, path, query, headers: pairs(incoming.rawHeaders), body: body.toString('base64') };
}

function errorAnswer(error: Error): Answer {
  const [code, status] = error instanceof AwsError ? [error.code, error.status] : ['InternalFailure', 500];
  return {
    status,
    headers: ['content-type', 'application/x-amz-json-1.1', 'x-amzn-errortype', code, 'x-amzn-requestid', randomUUID()],
    body: JSON.stringify({ __type: code, message: error.message }),
  };
}

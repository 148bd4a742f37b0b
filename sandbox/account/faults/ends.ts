import { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError } from '../contracts';

/** `git` and `registry` are the ends that Git and Docker talk to; the others are AWS services by their signing names. */
export type End = 'git' | 'registry' | 'codecommit' | 'ecr' | 'codepipeline';

interface Choice {
  /** How many requests it happens to. Default: all, until `clear`. */
  readonly times?: number;
  /**
   * Which requests: an AWS operation, the service of a Git request (`git-receive-pack` is a push), the method of a
   * request to the registry. Default: all.
   */
  readonly operation?: string;
}

interface Fault {
  readonly end: End;
  readonly operation?: string;
  left: number;
  /** Undefined: the request goes on. */
  readonly act: () => Promise<Refusal | undefined>;
}

/** How a request ends instead of being answered; without a status, its connection is closed. */
interface Refusal { readonly status?: number }

/** What may happen at the account's ends: nothing, unless it is asked for */
export class EndFaults {
  private faults: Fault[] = [];
  private done = 0;
  private cleared = new AbortController();

  /** How many requests something happened to. */
  public get met(): number { return this.done; }

  /** Requests are refused with a status of the server's, or as throttled (429). */
  public fail(end: End, { times = Infinity, operation, status = 500 }: Choice & { readonly status?: number } = {}): void {
    this.add(end, operation, times, async () => ({ status }));
  }

  /** Requests get no answer; after that time their connections are closed. */
  public hang(end: End, { times = Infinity, operation, ms }: Choice & { readonly ms: number }): void {
    const { signal } = this.cleared;
    this.add(end, operation, times, async () => sleep(ms, {}, { signal, ref: false }).catch(() => ({})));
  }

  /** Something comes between: it is done before the next such request is handled, once. */
  public before(end: End, operation: string, action: () => Promise<unknown>): void {
    this.add(end, operation, 1, async () => {
      await action();
      return undefined;
    });
  }

  /** Back to normal; connections that hang are closed now. */
  public clear(): void {
    this.faults = [];
    this.cleared.abort();
    this.cleared = new AbortController();
  }

  /** Called for each request to an AWS service; throws what it is refused with, `undefined` for a closed connection. */
  public async meetService(end: string, operation: string): Promise<void> {
    const refusal = await this.meet(end, operation);
    if (!refusal) return;
    if (refusal.status === undefined) throw new ClosedConnection();
    throw refusal.status === 429
      ? new AwsError('ThrottlingException', 'Rate exceeded', 400) // AWS's JSON services throttle with 400
      : new AwsError('ServiceUnavailableException', 'The service is not available.', refusal.status);
  }

  /** Called for each request to Git or the registry; answers it, unless it is refused. */
  public async guard(end: 'git' | 'registry', incoming: IncomingMessage, outgoing: ServerResponse, answer: () => Promise<void>): Promise<void> {
    const refusal = await this.meet(end, end === 'git' ? incoming.url!.split('?')[0].split('/').at(-1)! : incoming.method!);
    if (!refusal) return answer();
    incoming.resume();
    if (refusal.status === undefined) outgoing.destroy();
    else outgoing.writeHead(refusal.status, { 'content-type': 'text/plain' }).end('The service is not available.\n');
  }

  private async meet(end: string, operation: string): Promise<Refusal | undefined> {
    const fault = this.faults.find(one => one.left > 0 && one.end === end && (one.operation ?? operation) === operation);
    if (!fault) return undefined;
    fault.left--;
    this.done++;
    return fault.act();
  }

  private add(end: End, operation: string | undefined, times: number, act: Fault['act']): void {
    this.faults.push({ end, operation, left: times, act });
  }
}

/** The request gets no answer. */
export class ClosedConnection extends Error {}

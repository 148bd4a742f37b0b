import type { Ministack } from '../ministack/ministack';

interface Kill {
  /** How the function's logical id begins. */
  readonly prefix: string;
  /** AWS calls that still take effect. */
  readonly afterCalls?: number;
  readonly afterMs?: number;
  /** What Lambda says of the invocation. */
  readonly error: string;
  /** Calls so far, by the process that made them. */
  readonly calls: Map<string, number>;
}

interface Throttling { readonly prefix: string; left: number }

/** What becomes of one invocation; sent to Lambda's side. */
export interface Invocation { readonly throttled?: boolean; readonly kill?: { readonly afterMs: number; readonly error: string } }

/** When a process is killed: after that many AWS calls, the last one done but not answered, or after that time. */
export type Moment = { readonly afterCalls: number } | { readonly afterMs: number };

const KILLED = 'Runtime exited with error: signal: killed';
const TIMED_OUT = 'Task timed out after 300.00 seconds';

/** What may happen to Lambda functions, chosen by how their logical ids begin: nothing, unless it is asked for */
export class FunctionFaults {
  private kills: Kill[] = [];
  private throttlings: Throttling[] = [];
  private done = 0;
  /** The function that each process of one runs, by the process's access key. */
  private readonly functions = new Map<string, string>();

  constructor(private readonly ministack: () => Ministack) {}

  /** How many processes were killed, time-outs included. */
  public get killed(): number { return this.done; }

  /** The function's process is killed, once. */
  public kill(prefix: string, moment: Moment): void {
    this.kills.push({ prefix, ...moment, error: KILLED, calls: new Map() });
  }

  /** The function's time is over, once: to Lambda the same as a process that is killed, but for what it says. */
  public timeOut(prefix: string, moment: Moment = { afterCalls: 1 }): void {
    this.kills.push({ prefix, ...moment, error: TIMED_OUT, calls: new Map() });
  }

  /** The next invocations get no process. */
  public throttle(prefix: string, times: number): void {
    this.throttlings.push({ prefix, left: times });
  }

  /** Back to normal. */
  public clear(): void {
    this.kills = [];
    this.throttlings = [];
  }

  /** A new process of a function has got its credentials. */
  public learn(accessKeyId: string, logicalId: string): void {
    this.functions.set(accessKeyId, logicalId);
  }

  /** Called when Lambda is about to invoke a function. */
  public invoked(logicalId: string): Invocation {
    const throttling = this.throttlings.find(({ prefix, left }) => left > 0 && logicalId.startsWith(prefix));
    if (throttling) {
      throttling.left--;
      return { throttled: true };
    }
    const kill = this.kills.find(({ prefix, afterMs }) => afterMs !== undefined && logicalId.startsWith(prefix));
    if (!kill) return {};
    this.spend(kill);
    return { kill: { afterMs: kill.afterMs!, error: kill.error } };
  }

  /** Makes a call to the account, unless its caller is killed; undefined when there is nobody left to answer. */
  public async call<T>(accessKeyId: string | undefined, perform: () => Promise<T>): Promise<T | undefined> {
    const logicalId = accessKeyId && this.functions.get(accessKeyId);
    const kill = logicalId && this.kills.find(({ prefix, afterCalls }) => afterCalls !== undefined && logicalId.startsWith(prefix));
    if (!kill) return perform();
    const calls = (kill.calls.get(accessKeyId) ?? 0) + 1;
    kill.calls.set(accessKeyId, calls);
    if (calls < kill.afterCalls!) return perform();
    this.spend(kill);
    if (kill.afterCalls! > 0) await perform();
    await this.ministack().killProcess(accessKeyId, kill.error);
    return undefined;
  }

  private spend(kill: Kill): void {
    this.kills = this.kills.filter(one => one !== kill);
    this.done++;
  }
}

import { Server } from 'node:http';
import { Decided, Resource, ResourceType } from './contracts';
import type { FunctionFaults } from './faults/functions';
import { close, listen, readBody } from './http';
import { Sessions } from './sessions';

type EventTarget = (target: any, event: any) => Promise<void>;

export interface ControlServerOptions {
  sessions: Sessions;
  functions: FunctionFaults;
  /** Decides what a service does with a role. */
  authorise: (roleArn: string, action: string, resource: string) => Promise<void>;
  /** Keeps a decision that ministack made while nobody waited for an answer. */
  record: (made: Decided) => void;
  /** What a caller has to know. */
  secret: string;
  onProgress: (s: string) => void;
  onCreated: (type: string, id: string) => void;
  /** The credential for a path that starts with the role's name, in git's credential format. */
  gitCredential: (path: string) => Promise<string>;
}

/** What ministack's launcher calls: resource types, event targets, and news of sessions. */
export class ControlServer {
  public static async start(options: ControlServerOptions): Promise<ControlServer> {
    const control = new ControlServer(options);
    const { server, port } = await listen((incoming, outgoing) => {
      void (async () => {
        let answer: unknown;
        try {
          if (incoming.headers['x-sandbox-secret'] !== options.secret) throw new Error('This is the sandbox\'s own port.');
          if (incoming.method === 'GET') {
            outgoing.end(await options.gitCredential(incoming.url!));
            return;
          }
          answer = { result: await control.handle(incoming.url!, JSON.parse((await readBody(incoming)).toString())) ?? null };
        } catch (error) {
          answer = { error: (error as Error).message };
        }
        outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      })();
    });
    control.server = server;
    control.port = port;
    return control;
  }

  public readonly types = new Map<string, ResourceType>();
  public readonly targets = new Map<string, EventTarget>();
  public port = 0;
  private server!: Server;

  private constructor(private readonly options: ControlServerOptions) {}

  public get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  public async stop(): Promise<void> {
    await close(this.server);
  }

  private async handle(path: string, message: any): Promise<unknown> {
    switch (path) {
      case '/session':
        if (message.function) this.options.functions.learn(message.accessKeyId, message.function);
        return this.options.sessions.learn(message.accessKeyId, message.session);
      case '/invocation': return this.options.functions.invoked(message.function);
      case '/authorise': return this.options.authorise(message.role, message.action, message.resource);
      case '/call': return this.options.record(message);
      case '/resource/create': return this.create(message);
      case '/resource/update': return this.update(message);
      case '/resource/delete': return this.type(message.type).delete(message.id, message.props);
      case '/event-target':
        return this.targets.get(message.service)?.(message.target, message.event)
          .catch(error => this.options.onProgress(`event target ${message.target.Arn} failed: ${error.message}`));
      default: throw new Error(`The sandbox has no ${path}.`);
    }
  }

  private async create(message: { type: string; logicalId: string; props: any; stack: string }): Promise<Resource> {
    const made = await this.type(message.type).create(message.logicalId, message.props, message.stack);
    this.options.onCreated(message.type, made.id);
    return made;
  }

  private async update(message: { type: string; id: string; oldProps: any; props: any; stack: string; logicalId?: string }): Promise<Resource> {
    const type = this.type(message.type);
    if (type.update) return type.update(message.id, message.oldProps, message.props, message.stack);
    const replacement = await type.create(message.logicalId ?? message.id, message.props, message.stack);
    if (replacement.id !== message.id) await type.delete(message.id, message.oldProps);
    return replacement;
  }

  private type(name: string): ResourceType {
    const type = this.types.get(name);
    if (!type) throw new Error(`No part of the sandbox provides the resource type ${name}.`);
    return type;
  }
}

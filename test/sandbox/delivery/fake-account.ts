import { createServer, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { AwsError, ServiceEnd } from '../../../sandbox/account/contracts';
import { AccountEnds } from '../../../sandbox/delivery/account-ends';

export interface Call {
  readonly role: string;
  readonly service: string;
  readonly operation: string;
  readonly input: any;
}

/**
 * An account with one door, at which the caller is known by the access key that was given to its role
 *
 * It checks no policies: that is what the real one is tested for.
 */
export class FakeAccount implements AccountEnds {
  public static async start(): Promise<FakeAccount> {
    const account = new FakeAccount();
    account.server = createServer((message, response) => {
      account.serve(message).then((output) => response.end(JSON.stringify(output)), (error: AwsError) => {
        response.writeHead(error.status ?? 500).end(JSON.stringify({ __type: error.code ?? 'InternalFailure', message: error.message }));
      });
    });
    await new Promise<void>((resolve) => account.server.listen(0, '127.0.0.1', resolve));
    return account;
  }

  public readonly calls: Call[] = [];
  public readonly types = new Map<string, any>();
  public readonly events: any[] = [];
  public readonly targets = new Map<string, (target: any, event: any) => Promise<void>>();
  public readonly services = new Map<string, ServiceEnd>();
  public readonly codecommit = { archive: async () => Buffer.from('archive') };
  public readonly proxyUrl = 'http://127.0.0.1:1';
  public readonly registry = '127.0.0.1:1';
  public readonly caBundleFile = '/dev/null';
  private readonly roles: string[] = [];
  private server!: Server;

  private constructor() {}

  public get endpointUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public registerResourceType(type: string, handler: any): void {
    this.types.set(type, handler);
  }

  public registerService(signingName: string, end: ServiceEnd): void {
    this.services.set(signingName, end);
  }

  public registerEventTarget(service: string, deliver: (target: any, event: any) => Promise<void>): void {
    this.targets.set(service, deliver);
  }

  public async putEvent(event: any): Promise<void> {
    this.events.push(event);
  }

  public async sessionFor(roleArn: string) {
    return { accessKeyId: `ASIA${this.roles.push(roleArn) - 1}`, secretAccessKey: 'secret', sessionToken: 'token' };
  }

  /** Answers an operation, or every operation of a service. */
  public answer(service: string, handle: (call: Call) => any): void {
    this.services.set(service, { handle: async ({ operation, input, principal }) => handle({ service, operation, input, role: principal }) });
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(message: IncomingMessage): Promise<any> {
    const body = Buffer.concat(await message.toArray()).toString();
    const [, key, service] = /Credential=ASIA(\d+)\/\d+\/[^/]+\/([^/]+)/.exec(message.headers.authorization!)!;
    const form = message.headers['content-type']?.includes('form');
    const operation = form ? new URLSearchParams(body).get('Action')! : String(message.headers['x-amz-target'] ?? message.url).split('.').at(-1)!;
    const input = form ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body || '{}');
    const call = { role: this.roles[Number(key)], service, operation, input };
    this.calls.push(call);
    return await this.services.get(service)!.handle({ service, operation, input, principal: call.role, accessKeyId: `ASIA${key}` }) ?? {};
  }
}

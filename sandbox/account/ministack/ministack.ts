import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Processes } from '../../processes';
import { ACCOUNT, REGION } from '../constants';
import { Check, Credentials, DeployedPolicies, RequestContext } from '../contracts';
import { forward, freePort } from '../http';
import { ministackPython } from './install';

const REPOSITORY = join(__dirname, '..', '..', '..');

export interface MinistackOptions {
  dir: string;
  processes: Processes;
  /** What Lambda functions get as AWS_ENDPOINT_URL. */
  endpointUrl: string;
  controlUrl: string;
  secret: string;
  onProgress?: (s: string) => void;
}

/** A request as it was signed. */
export interface SignedRequest { method: string; path: string; query: string; headers: [string, string][]; body: string }

export interface Decision {
  /** The credentials are not valid. */
  failure?: { code: string; message: string };
  /** The first check that a policy does not allow. */
  denied?: Check & { explicit: boolean };
  /** Each check's own decision, unless the credentials are not valid. */
  made?: { allowed: boolean; context?: RequestContext }[];
}

/** The ministack process: the services that the sandbox does not play itself, and IAM's decisions. */
export class Ministack {
  public static async start(options: MinistackOptions): Promise<Ministack> {
    const python = await ministackPython(options.onProgress);
    const port = await freePort();
    const tmp = join(options.dir, 'ministack');
    await mkdir(tmp, { recursive: true });
    const child = options.processes.start('ministack', python, ['-B', join(__dirname, 'launcher.py')], {
      cwd: tmp,
      env: {
        // Lambda functions are child processes: their `node` and the SDK of Lambda's runtime come from here
        PATH: [join(REPOSITORY, 'node_modules', '.bin'), process.env.PATH ?? '/usr/bin:/bin'].join(delimiter),
        NODE_PATH: join(REPOSITORY, 'node_modules'),
        HOME: tmp,
        TMPDIR: tmp,
        LANG: 'C.UTF-8',
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        MINISTACK_HOST: '127.0.0.1',
        MINISTACK_ACCOUNT_ID: ACCOUNT,
        MINISTACK_REGION: REGION,
        AUTH: 'true',
        LAMBDA_EXECUTOR: 'local',
        LAMBDA_WARM_TTL_SECONDS: '3600',
        LOG_LEVEL: 'INFO',
        // ministack's root user; nobody has this key
        AWS_ACCESS_KEY_ID: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
        AWS_SECRET_ACCESS_KEY: randomBytes(30).toString('base64'),
        AWS_ENDPOINT_URL: options.endpointUrl,
        SANDBOX_CONTROL_URL: options.controlUrl,
        SANDBOX_CONTROL_SECRET: options.secret,
      },
    });
    const ministack = new Ministack(port, options.secret);
    const deadline = Date.now() + 60_000;
    while (!await ministack.ready()) {
      if (!child.running || Date.now() > deadline) throw new Error(`ministack did not start: ${child.tail()}`);
      await sleep(100);
    }
    return ministack;
  }

  private constructor(readonly port: number, private readonly secret: string) {}

  public async authorise(message: { accessKeyId: string; service: string; checks: Check[]; request?: SignedRequest }): Promise<Decision> {
    return this.control('authorise', message);
  }

  /** The policies of roles and of resources, as deployed. */
  public async authority(roleNames: string[], resourceArns: string[]): Promise<DeployedPolicies> {
    return this.control('authority', { roles: roleNames, resources: resourceArns });
  }

  public async registerSession(credentials: Credentials & { expires?: number; roleArn: string }, sessionName: string, root = false): Promise<void> {
    const { expires, ...rest } = credentials;
    await this.control('session', { ...rest, sessionName, root, expiration: expires === undefined ? undefined : expires / 1000 });
  }

  public async putEvent(event: { Source: string; DetailType: string; Resources: string[]; Detail: string }): Promise<void> {
    await this.control('event', event);
  }

  /** Announces CloudFormation types; answers all that are known. */
  public async registerTypes(types: string[]): Promise<string[]> {
    return this.control('types', { types });
  }

  public async registerTargets(services: string[]): Promise<void> {
    await this.control('targets', { services });
  }

  /** Kills the process of a Lambda function that has this key; Lambda takes the error for the invocation's. */
  public async killProcess(accessKeyId: string, error: string): Promise<void> {
    await this.control('kill', { accessKeyId, error });
  }

  private async control(what: string, message: unknown): Promise<any> {
    const body = Buffer.from(JSON.stringify(message));
    const headers = { 'host': '127.0.0.1', 'content-type': 'application/json', 'content-length': body.length, 'x-sandbox-secret': this.secret };
    const answer = await forward(this.port, 'POST', `/_sandbox/${what}`, headers, body);
    const parsed = JSON.parse(answer.body.toString());
    if (parsed.error !== undefined) throw new Error(parsed.error);
    return parsed.result;
  }

  private async ready(): Promise<boolean> {
    return forward(this.port, 'GET', '/_ministack/health', { host: '127.0.0.1' }, Buffer.alloc(0)).then(answer => answer.status === 200, () => false);
  }
}

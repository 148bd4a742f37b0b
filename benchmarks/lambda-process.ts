import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployedFunction } from './deployed-functions';
import type { Invocation, Usage } from './invocation';
import { type Account, REGION } from '../sandbox/account';

/** One invocation, with what it took */
export interface Measured extends Usage {
  /** Calls to AWS services by their action. */
  readonly calls: Record<string, number>;
  /** The handler's structured log. */
  readonly log: any[];
}

const ROOT = join(__dirname, '..');

/** Runs a bundled handler once in a process of its own, with the memory, time, environment and role of its function. */
export class LambdaProcess {
  private count = 0;

  constructor(private readonly account: Account, private readonly dir: string) {}

  /** @param bundle its folder below `assets` */
  public async invoke(bundle: string, deployed: DeployedFunction, event: unknown): Promise<Measured> {
    const [input, output] = ['in', 'out'].map((end) => join(this.dir, `${++this.count}.${end}.json`));
    const invocation: Invocation = {
      bundle: join(ROOT, 'assets', bundle, 'index.js'), event, functionArn: deployed.arn, timeoutSeconds: deployed.timeoutSeconds,
    };
    writeFileSync(input, JSON.stringify(invocation));
    const before = this.account.calls.length;
    const { code, stdout, stderr } = await this.run(input, output, deployed);
    if (!existsSync(output)) {
      throw new Error(`${bundle} ended with ${code} and without a result: ${stderr.trim().split('\n').slice(-5).join(' | ') || stdout.slice(-500)}`);
    }
    const calls = this.account.calls.slice(before)
      .filter(({ principal, service }) => principal === deployed.roleArn && service !== 'kms'); // services use the key, not the handler
    return {
      ...JSON.parse(readFileSync(output, 'utf8')),
      calls: counted(calls.map(({ action }) => action)),
      log: stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)),
    };
  }

  private async run(input: string, output: string, { memoryMegabytes, timeoutSeconds, environment, roleArn, arn }: DeployedFunction) {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.account.sessionFor(roleArn, arn.split(':').at(-1));
    const child = spawn(join(ROOT, 'node_modules/.bin/node'), [
      // as Lambda's runtime starts Node.js
      `--max-old-space-size=${Math.floor(memoryMegabytes * 0.9)}`,
      `--max-semi-space-size=${Math.floor(memoryMegabytes * 0.05)}`,
      '--no-warnings',
      join(__dirname, 'invocation.ts'), input, output,
    ], {
      timeout: timeoutSeconds * 1000,
      env: {
        ...environment,
        PATH: process.env.PATH,
        NODE_PATH: join(ROOT, 'node_modules'), // Lambda's runtime brings the SDK
        AWS_REGION: REGION,
        AWS_ENDPOINT_URL: this.account.endpointUrl,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => stdout += data);
    child.stderr.on('data', (data) => stderr += data);
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    return { code, stdout, stderr };
  }
}

function counted(actions: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const action of actions) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

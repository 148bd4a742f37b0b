import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { synthesizeTinyApp } from './tiny-app';
import { Account, REGION } from '../../../sandbox/account';
import { buildParts } from '../../../sandbox/parts/build';
import { Processes } from '../../../sandbox/processes';

export const PULLER = 'arn:aws:iam::111122223333:role/puller';
export const PUSHER = 'arn:aws:iam::111122223333:role/pusher';

const run = promisify(execFile);

/** An account in which the tiny app is deployed, and what tests do in it */
export class TinyAccount {
  public static async start(): Promise<TinyAccount> {
    const dir = mkdtempSync(join(tmpdir(), 'account-'));
    const parts = await buildParts({ only: ['registry', 'crane'] });
    const processes = new Processes(dir);
    const recorded: string[] = [];
    const account = await Account.start({ dir: join(dir, 'account'), processes, parts, onProgress: line => recorded.push(line) });
    const { outputs } = await account.deploy(synthesizeTinyApp(dir));
    return new TinyAccount(dir, parts, processes, account, outputs, recorded);
  }

  private constructor(
    readonly dir: string, readonly parts: Record<string, string>, private readonly processes: Processes,
    readonly account: Account, readonly outputs: Record<string, string>, readonly recorded: string[],
  ) {}

  public async stop(): Promise<void> {
    await this.processes.stopAll();
    rmSync(this.dir, { recursive: true, force: true });
  }

  public async clientOptions(roleArn: string) {
    return { endpoint: this.account.endpointUrl, region: REGION, credentials: await this.account.sessionFor(roleArn) };
  }

  /** Runs git with the credential of a role. */
  public async git(roleArn: string, args: string[], repository = 'tiny', cwd = this.dir): Promise<string> {
    return this.gitWith(await this.account.gitEnvironment(roleArn, repository), args, cwd);
  }

  public async gitWith(environment: Record<string, string>, args: string[], cwd = this.dir): Promise<string> {
    const identity = ['-c', 'user.name=Dev', '-c', 'user.email=dev@example.com'];
    return (await run('git', [...identity, ...args], { cwd, env: { PATH: process.env.PATH, ...environment } })).stdout.trim();
  }

  /** Takes messages off a queue until one fits, for at most some seconds. */
  public async message(queue: string, fits: (body: any) => boolean): Promise<any> {
    const signer = new SignatureV4({ credentials: await this.account.sessionFor(PUSHER), region: REGION, service: 'sqs', sha256: Sha256 });
    const { hostname, port, host } = new URL(this.account.endpointUrl);
    for (let attempt = 0; attempt < 40; attempt++) {
      const request = await signer.sign({
        protocol: 'http:',
        hostname,
        port: Number(port),
        method: 'POST',
        path: '/',
        headers: { 'host': host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
        body: JSON.stringify({ QueueUrl: `${this.account.endpointUrl}/111122223333/${queue}`, MaxNumberOfMessages: 10 }),
      });
      const answer = await fetch(this.account.endpointUrl, { method: 'POST', headers: request.headers, body: request.body });
      if (!answer.ok) throw new Error(await answer.text());
      const { Messages = [] } = await answer.json() as { Messages?: { Body: string }[] };
      const found = Messages.map(({ Body }) => JSON.parse(Body)).find(fits);
      if (found) return found;
      await sleep(100);
    }
    throw new Error(`No message in ${queue} fits.`);
  }
}

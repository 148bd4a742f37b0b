import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { Server } from 'node:http';
import { join } from 'node:path';
import { ACCOUNT } from '../constants';
import { close, listen } from '../http';
import { Session } from '../sessions';

/** Stands in for the EKS Pod Identity agent (169.254.170.23/v1/credentials): a token for credentials of its role. */
export class PodIdentityAgent {
  public static async start(dir: string, assume: (roleArn: string) => Promise<Session>): Promise<PodIdentityAgent> {
    const folder = join(dir, 'pod-identity');
    await mkdir(folder, { recursive: true });
    const agent = new PodIdentityAgent(folder);
    const { server, port } = await listen((incoming, outgoing) => {
      const roleArn = agent.roles.get(incoming.headers.authorization ?? '');
      if (incoming.url !== '/v1/credentials' || !roleArn) {
        outgoing.writeHead(roleArn ? 404 : 403).end('The token is not one of an association.\n');
        return;
      }
      assume(roleArn).then(session => {
        outgoing.setHeader('content-type', 'application/json').end(JSON.stringify({
          AccessKeyId: session.accessKeyId,
          SecretAccessKey: session.secretAccessKey,
          Token: session.sessionToken,
          AccountId: ACCOUNT,
          Expiration: new Date(session.expires!).toISOString(),
        }));
      }, error => outgoing.writeHead(400).end(`${error.message}\n`));
    });
    agent.server = server;
    agent.port = port;
    return agent;
  }

  private readonly roles = new Map<string, string>();
  private server!: Server;
  private port = 0;

  private constructor(private readonly folder: string) {}

  /** What a pod with this association gets as AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE. */
  public credentialsUrl(roleArn: string): { uri: string; tokenFile: string } {
    const token = randomBytes(32).toString('hex');
    this.roles.set(token, roleArn);
    const tokenFile = join(this.folder, `${token.slice(0, 16)}.token`);
    writeFileSync(tokenFile, token, { mode: 0o600 }); // no newline at its end: SDKs send it as it is
    return { uri: `http://127.0.0.1:${this.port}/v1/credentials`, tokenFile };
  }

  public async stop(): Promise<void> {
    await close(this.server);
  }
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where custom resources answer: CloudFormation's end of a ResponseURL. */
export class Answers {
  public static async start(): Promise<Answers> {
    const answers = new Answers();
    await new Promise<void>((resolve) => answers.server.listen(0, '127.0.0.1', resolve));
    return answers;
  }

  private readonly bodies: any[] = [];
  private readonly server: Server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (data) => body += data).on('end', () => {
      this.bodies.push(JSON.parse(body));
      outgoing.end();
    });
  });

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** The answer that came last; undefined where none came since. */
  public take(): { Status: string; Reason?: string } | undefined {
    return this.bodies.splice(0).at(-1);
  }

  public stop(): void {
    this.server.close();
  }
}

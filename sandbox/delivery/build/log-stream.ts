import { open } from 'node:fs/promises';
import { AwsError } from '../../account/contracts';
import { callJson, Caller } from '../signed-call';

/** CloudWatch Logs takes at most this much at once; the rest follows in the next call. */
const BATCH_BYTES = 256 * 1024;

/** A build's log file, sent to CloudWatch Logs while it grows */
export class LogStream {
  /** @throws when the role may not write it, as the build would fail */
  public static async open(caller: Caller, logGroupName: string, logStreamName: string, file: string): Promise<LogStream> {
    await unlessThere(callJson(caller, 'logs', 'CreateLogGroup', { logGroupName }));
    await unlessThere(callJson(caller, 'logs', 'CreateLogStream', { logGroupName, logStreamName }));
    return new LogStream(caller, { logGroupName, logStreamName }, file);
  }

  private offset = 0;
  private sending: Promise<void> = Promise.resolve();
  private failure?: Error;
  private readonly timer = setInterval(() => void this.flush(), 1_000);

  private constructor(private readonly caller: Caller, private readonly stream: object, private readonly file: string) {}

  /** Sends what is left. */
  public async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
    if (this.failure) {
      throw this.failure;
    }
  }

  private flush(): Promise<void> {
    this.sending = this.sending.then(() => this.send()).catch((error) => {
      this.failure = error;
      clearInterval(this.timer);
    });
    return this.sending;
  }

  private async send(): Promise<void> {
    for (let text = await this.read(); text; text = await this.read()) {
      const timestamp = Date.now();
      const logEvents = text.split('\n').filter((line) => line).map((message) => ({ timestamp, message }));
      if (logEvents.length > 0) {
        await callJson(this.caller, 'logs', 'PutLogEvents', { ...this.stream, logEvents });
      }
    }
  }

  private async read(): Promise<string> {
    const file = await open(this.file);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(BATCH_BYTES), 0, BATCH_BYTES, this.offset);
      this.offset += bytesRead;
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  }
}

/** The group may be there already, and may be the template's. */
async function unlessThere(call: Promise<unknown>): Promise<void> {
  await call.catch((error: AwsError) => {
    if (error.code !== 'ResourceAlreadyExistsException') {
      throw error;
    }
  });
}

import { randomBytes } from 'node:crypto';
import { ACCOUNT } from './constants';
import { Credentials } from './contracts';

export interface Session extends Credentials {
  roleArn: string;
  /** Milliseconds since the epoch; undefined when it does not expire. */
  expires?: number;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Every session of the emulated STS, by access key id */
export class Sessions {
  private readonly byKey = new Map<string, Session>();

  /** Makes credentials for a role; the caller makes them known to ministack. */
  public mint(roleArn: string, lifetimeSeconds = 3600): Session {
    const session: Session = {
      accessKeyId: `ASIA${[...randomBytes(16)].map(byte => BASE32[byte % 32]).join('')}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(180).toString('base64'),
      roleArn,
      expires: Date.now() + lifetimeSeconds * 1000,
    };
    this.byKey.set(session.accessKeyId, session);
    return session;
  }

  /** Takes over a session that ministack made (Lambda's execution roles, AssumeRole). */
  public learn(accessKeyId: string, session: { Arn: string; SecretAccessKey: string; SessionToken: string; Expiration?: number }): void {
    const role = /:assumed-role\/([^/]+)\//.exec(session.Arn)?.[1];
    this.byKey.set(accessKeyId, {
      accessKeyId,
      secretAccessKey: session.SecretAccessKey,
      sessionToken: session.SessionToken,
      roleArn: role ? `arn:aws:iam::${ACCOUNT}:role/${role}` : session.Arn,
      expires: session.Expiration === undefined ? undefined : session.Expiration * 1000,
    });
  }

  /** The session of a key, unless it has expired. */
  public find(accessKeyId: string): Session | undefined {
    const session = this.byKey.get(accessKeyId);
    return session?.expires !== undefined && session.expires < Date.now() ? undefined : session;
  }
}

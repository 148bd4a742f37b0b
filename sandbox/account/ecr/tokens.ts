import { randomBytes } from 'node:crypto';

const LIFETIME_MILLISECONDS = 12 * 3600_000;

/** The passwords that GetAuthorizationToken gave out; each acts as the principal that asked for it. */
export class RegistryTokens {
  private readonly tokens = new Map<string, { accessKeyId: string; expires: number }>();

  public issue(accessKeyId: string): { token: string; expires: number } {
    const token = randomBytes(120).toString('base64');
    const expires = Date.now() + LIFETIME_MILLISECONDS;
    this.tokens.set(token, { accessKeyId, expires });
    return { token, expires };
  }

  /** The key behind a Basic login as `AWS`. */
  public accessKeyOf(authorization: string | undefined): string | undefined {
    const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
    const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic ?? '', 'base64').toString()) ?? [];
    const found = user === 'AWS' ? this.tokens.get(password) : undefined;
    return found && found.expires > Date.now() ? found.accessKeyId : undefined;
  }
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODECOMMIT_HOST } from '../constants';
import { Credentials } from '../contracts';
import { signGit } from './git-credential';

export interface GitClientOptions { proxyUrl: string; caBundleFile: string }

/** Environment in which git reaches a repository with a credential that is signed for the next minutes and stored nowhere. */
export function gitClientEnvironment(options: GitClientOptions, credentials: Credentials, repository: string): Record<string, string> {
  const { username, password } = signGit(credentials, `/v1/repos/${repository}`);
  const config: Record<string, string> = {
    ...baseConfig(options),
    [`http.https://${CODECOMMIT_HOST}/.extraHeader`]: `Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  };
  const entries = Object.entries(config);
  return {
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSL_CAINFO: options.caBundleFile, // goes before http.sslCAInfo where a machine has it set
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(entries.flatMap(([key, value], i) => [[`GIT_CONFIG_KEY_${i}`, key], [`GIT_CONFIG_VALUE_${i}`, value]])),
  };
}

/** Writes a git configuration whose credential helper asks the sandbox for a fresh signature each time. */
export function writeGitConfig(dir: string, options: GitClientOptions, credentialUrl: string, secret: string): string {
  mkdirSync(dir, { recursive: true });
  const helper = join(dir, 'git-credential-sandbox');
  writeFileSync(helper, [
    '#!/bin/sh', '[ "$1" = get ] || exit 0', 'path=$(sed -n "s/^path=//p")',
    `exec curl --silent --noproxy '*' --header 'x-sandbox-secret: ${secret}' "${credentialUrl}/$path"`, '',
  ].join('\n'), { mode: 0o700 });
  const file = join(dir, 'gitconfig');
  const config = { ...baseConfig(options), 'credential.helper': helper, 'credential.useHttpPath': 'true' };
  writeFileSync(file, Object.entries(config).map(([key, value]) => section(key, value)).join(''), { mode: 0o600 });
  return file;
}

function baseConfig({ proxyUrl, caBundleFile }: GitClientOptions): Record<string, string> {
  return { 'http.proxy': proxyUrl, 'http.sslCAInfo': caBundleFile };
}

function section(key: string, value: string): string {
  const [name, setting] = key.split('.');
  return `[${name}]\n\t${setting} = ${value}\n`;
}

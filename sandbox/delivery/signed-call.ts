import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { REGION } from '../account/constants';
import { AwsError, Credentials } from '../account/contracts';

export interface Caller {
  readonly endpointUrl: string;
  readonly credentials: Credentials;
}

/** The prefixes of the header that names an operation in AWS's JSON protocol. */
const TARGETS = {
  codebuild: 'CodeBuild_20161006',
  codecommit: 'CodeCommit_20150413',
  codepipeline: 'CodePipeline_20150709',
  ecr: 'AmazonEC2ContainerRegistry_V20150921',
  logs: 'Logs_20140328',
} as const;

/** Calls a JSON operation of an AWS service as a role, so that the account evaluates the role's policies. */
export async function callJson(caller: Caller, service: keyof typeof TARGETS, operation: string, input: object): Promise<any> {
  const text = await call(caller, service, JSON.stringify(input), {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `${TARGETS[service]}.${operation}`,
  });
  return text === '' ? {} : JSON.parse(text);
}

/** Calls an operation of an AWS service that takes a form and answers in XML. */
export async function callForm(caller: Caller, service: string, operation: string, version: string, input: Record<string, string>): Promise<string> {
  return call(caller, service, new URLSearchParams({ Action: operation, Version: version, ...input }).toString(), {
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  });
}

async function call(caller: Caller, service: string, body: string, headers: Record<string, string>): Promise<string> {
  const url = new URL(caller.endpointUrl);
  const signer = new SignatureV4({ service, region: REGION, credentials: caller.credentials, sha256: Sha256 });
  const signed = await signer.sign({
    method: 'POST', protocol: url.protocol, hostname: url.hostname, port: Number(url.port), path: '/', query: {}, body, headers: { host: url.host, ...headers },
  });
  const response = await fetch(url, { method: 'POST', headers: signed.headers, body });
  const text = await response.text();
  if (!response.ok) {
    throw errorOf(text, response.status);
  }
  return text;
}

function errorOf(text: string, status: number): AwsError {
  try {
    const { __type = 'UnknownError', message, Message } = JSON.parse(text);
    return new AwsError(__type.split('#').at(-1), message ?? Message ?? text, status);
  } catch {
    const [code, message] = ['Code', 'Message'].map((tag) => new RegExp(`<${tag}>([^<]*)`).exec(text)?.[1]);
    return new AwsError(code ?? `HTTP ${status}`, message ?? text, status);
  }
}

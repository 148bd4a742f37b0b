import { Build } from './build';
import { REGION } from '../../account/constants';
import { Credentials } from '../../account/contracts';
import { AccountEnds } from '../account-ends';

export interface BuildFolders {
  readonly bin: string;
  readonly home: string;
  readonly source: string;
  readonly temporary: string;
}

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The whole environment of a build's commands: nothing of this process's own is inherited.
 *
 * What the build was started with wins over the project's variables, and those over the build specification's.
 *
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
 */
export function buildEnvironment(
  build: Build,
  declared: Readonly<Record<string, string>>,
  folders: BuildFolders,
  account: AccountEnds,
  credentials: Credentials,
): Record<string, string> {
  const { project, request } = build;
  return {
    PATH: `${folders.bin}:${SYSTEM_PATH}`,
    HOME: folders.home,
    TMPDIR: folders.temporary,
    LANG: 'C.UTF-8',
    ...declared,
    ...project.variables,
    ...request.variables,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    CODEBUILD_BUILD_ARN: build.arn,
    CODEBUILD_BUILD_ID: build.id,
    CODEBUILD_BUILD_IMAGE: project.image,
    CODEBUILD_BUILD_NUMBER: String(build.number),
    CODEBUILD_CI: 'true',
    CI: 'true',
    CODEBUILD_INITIATOR: request.initiator,
    CODEBUILD_LOG_PATH: build.logStream,
    CODEBUILD_RESOLVED_SOURCE_VERSION: request.resolvedSourceVersion ?? '',
    CODEBUILD_SOURCE_VERSION: `arn:aws:s3:::${request.source.bucket}/${request.source.key}`,
    CODEBUILD_SRC_DIR: folders.source,
    CODEBUILD_START_TIME: String(build.started.getTime()),
    // the service's role, which CodeBuild gives by a container credentials address
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    // where AWS and the registries are in the sandbox
    AWS_ENDPOINT_URL: account.endpointUrl,
    HTTP_PROXY: account.proxyUrl,
    HTTPS_PROXY: account.proxyUrl,
    NO_PROXY: '127.0.0.1,localhost',
    SSL_CERT_FILE: account.caBundleFile,
  };
}

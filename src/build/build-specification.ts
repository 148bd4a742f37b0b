/** What the build specification depends on. */
export interface BuildSpecificationOptions {
  /** The image repository's name in ECR. */
  readonly repositoryName: string;
  readonly dockerfile: string;
  readonly context: string;
  /** Stage of the Dockerfile that runs the tests, where there is one. */
  readonly testTarget?: string;
  /** Folder in the test stage's image that holds JUnit files. */
  readonly reportsPath: string;
}

/** The variables that the pipeline takes from the build. */
export const EXPORTED = { digest: 'IMAGE_DIGEST', tag: 'IMAGE_TAG' } as const;

/**
 * The build, as CodeBuild reads it: tests first, one image, one push.
 *
 * The digest is what ECR says that it stored, not what the client computed. The tag sorts by time and is never used twice.
 */
export function buildSpecification(options: BuildSpecificationOptions): Record<string, unknown> {
  const build = `docker build --file ${quote(options.dockerfile)}`;
  const test = options.testTarget === undefined ? [] : [
    `${build} --target ${quote(options.testTarget)} --tag tested ${quote(options.context)}`,
    'tested=$(docker create tested)',
    `docker cp "$tested":${quote(`${options.reportsPath}/.`)} reports`,
    'docker rm "$tested"',
  ];
  return {
    version: '0.2',
    env: { 'shell': 'bash', 'exported-variables': Object.values(EXPORTED) },
    phases: {
      pre_build: {
        commands: [
          `export ${EXPORTED.tag}=build-$(date -u +%Y%m%d%H%M%S)-$(echo "$CODEBUILD_RESOLVED_SOURCE_VERSION" | cut -c1-8)`,
          'aws ecr get-login-password | docker login --username AWS --password-stdin "$IMAGE_REGISTRY"',
        ],
      },
      build: {
        'on-failure': 'ABORT',
        'commands': [...test, `${build} --tag "$IMAGE_URI:$${EXPORTED.tag}" ${quote(options.context)}`],
      },
      post_build: {
        commands: [
          `docker push "$IMAGE_URI:$${EXPORTED.tag}"`,
          `export ${EXPORTED.digest}=$(aws ecr describe-images --repository-name ${quote(options.repositoryName)}`
          + ` --image-ids imageTag="$${EXPORTED.tag}" --query 'imageDetails[0].imageDigest' --output text)`,
          `echo "$IMAGE_URI@$${EXPORTED.digest}"`,
        ],
      },
    },
    ...(options.testTarget === undefined ? {} : {
      reports: { tests: { 'files': ['**/*.xml'], 'base-directory': 'reports', 'file-format': 'JUNITXML' } },
    }),
  };
}

/** A word that the shell takes literally. Tokens resolve to names of repositories, which hold no quote. */
function quote(word: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

import { buildSpecification } from '../../src/build/build-specification';

const options = { repositoryName: 'shop/shop', dockerfile: 'Dockerfile', context: '.', testTarget: 'test', reportsPath: '/reports' };

test('tests before it builds, pushes once and asks ECR for the digest', () => {
  expect(buildSpecification(options)).toMatchInlineSnapshot(`
{
  "env": {
    "exported-variables": [
      "IMAGE_DIGEST",
      "IMAGE_TAG",
    ],
    "shell": "bash",
  },
  "phases": {
    "build": {
      "commands": [
        "docker build --file Dockerfile --target test --tag tested .",
        "tested=$(docker create tested)",
        "docker cp "$tested":/reports/. reports",
        "docker rm "$tested"",
        "docker build --file Dockerfile --tag "$IMAGE_URI:$IMAGE_TAG" .",
      ],
      "on-failure": "ABORT",
    },
    "post_build": {
      "commands": [
        "docker push "$IMAGE_URI:$IMAGE_TAG"",
        "export IMAGE_DIGEST=$(aws ecr describe-images --repository-name shop/shop --image-ids imageTag="$IMAGE_TAG" --query 'imageDetails[0].imageDigest' --output text)",
        "echo "$IMAGE_URI@$IMAGE_DIGEST"",
      ],
    },
    "pre_build": {
      "commands": [
        "export IMAGE_TAG=build-$(date -u +%Y%m%d%H%M%S)-$(echo "$CODEBUILD_RESOLVED_SOURCE_VERSION" | cut -c1-8)",
        "aws ecr get-login-password | docker login --username AWS --password-stdin "$IMAGE_REGISTRY"",
      ],
    },
  },
  "reports": {
    "tests": {
      "base-directory": "reports",
      "file-format": "JUNITXML",
      "files": [
        "**/*.xml",
      ],
    },
  },
  "version": "0.2",
}
`);
});

test('without a test stage there is neither a test nor a report', () => {
  const specification = buildSpecification({ ...options, testTarget: undefined });
  expect(JSON.stringify(specification)).not.toMatch(/--target|reports/);
});

test('a path with a metacharacter reaches the shell as one word', () => {
  expect(JSON.stringify(buildSpecification({ ...options, dockerfile: "a'; reboot" }))).toContain("'a'\\\\''; reboot'");
});

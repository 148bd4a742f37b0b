import { awscdk, javascript, JsonFile, ReleasableCommits } from 'projen';

/**
 * The lowest aws-cdk-lib that a user needs: cdk-nag 3 asks for 2.257.0, and 2.260.0 is the lowest
 * that every language's package registry could be seen to serve.
 */
const CDK_FLOOR = '2.260.0';

/** Code that runs in AWS Lambda, never in a user's CDK app. */
const HANDLERS = ['src/**/*.lambda.ts', 'src/**/*-handler/**', 'src/kubernetes/**'];

// A variable, since projen's type for bundling options lacks esbuild's `minify` and `mainFields`, which it passes on.
const bundlingOptions = { minify: true, sourcemap: false, mainFields: ['module', 'main'] };

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-gitops-pipeline',
  description: 'Continuous delivery on AWS as a CDK construct: CodeCommit, CodePipeline, CodeBuild, ECR, Amazon EKS and Flux, without one stored key',
  author: 'cdk-gitops-pipeline maintainers',
  authorAddress: 'maintainers@cdk-gitops-pipeline.example',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-gitops-pipeline/cdk-gitops-pipeline.git',
  keywords: ['aws', 'cdk', 'gitops', 'flux', 'eks', 'codepipeline', 'codecommit', 'codebuild', 'ecr', 'continuous-delivery'],
  defaultReleaseBranch: 'main',
  stability: 'experimental',
  license: 'Apache-2.0',
  copyrightOwner: 'cdk-gitops-pipeline maintainers',

  // toolchain
  projenrcTs: true,
  packageManager: javascript.NodePackageManager.NPM,
  cdkVersion: CDK_FLOOR,
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0', // 7 has no compiler API yet that ts-node and jsii can load
  minNodeVersion: '20.16.0',
  workflowNodeVersion: '24.x',
  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    include: ['.projenrc.ts', 'src/**/*.ts', 'test/**/*.ts', 'sandbox/**/*.ts', 'benchmarks/**/*.ts', 'examples/**/*.ts', 'flux-install/**/*.ts'],
    compilerOptions: {
      resolveJsonModule: true,
      skipLibCheck: true,
      // lets the handlers, which esbuild bundles, import packages that are ES modules only
      module: 'nodenext',
      paths: { 'cdk-gitops-pipeline': ['./src/index.ts'] }, // what the examples import
      moduleResolution: javascript.TypeScriptModuleResolution.NODE_NEXT,
    },
  },
  // Handlers are bundled by esbuild and type-checked with the tests; jsii compiles what users import.
  excludeTypescript: HANDLERS,

  // dependencies
  devDeps: [
    // the handlers: bundled when the package is built, so no user installs them
    '@aws-lambda-powertools/logger',
    '@aws-sdk/client-codecommit',
    '@aws-sdk/client-codepipeline',
    '@aws-sdk/client-ecr',
    '@kubernetes/client-node@^2.0.1',
    '@smithy/signature-v4',
    '@aws-crypto/sha256-js',
    '@aws-sdk/client-lambda',
    '@types/aws-lambda',
    'zod',
    // the proof
    'ajv@^8',
    'aws-cdk@^2.1148.1', // 3.0.0 cannot read today's assemblies
    'aws-sdk-client-mock',
    'esbuild',
    'cdk-nag@^3',
    'fast-check',
    // the sandbox
    '@aws-sdk/client-cloudformation',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sts',
    'adm-zip',
    '@types/adm-zip',
    'commander',
    'node@24', // the handlers' runtime: the Kubernetes client needs Node 22 or newer
    'node-forge',
    '@types/node-forge',
    'tsx',
    'awslint',
  ],
  bundledDeps: ['yaml'], // writes the first manifests of the infrastructure repository at synth
  depsUpgradeOptions: { cooldown: 7 },

  // code
  sampleCode: false,
  lambdaOptions: {
    runtime: awscdk.LambdaRuntime.NODEJS_24_X,
    awsSdkConnectionReuse: false,
    bundlingOptions,
  },

  // tests
  typecheckTests: true,
  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    // coverage doubles the time of a run and proves nothing that a mutation does not
    jestConfig: { testTimeout: 60_000, collectCoverage: false },
  },

  // release
  releasableCommits: ReleasableCommits.featuresAndFixes(),
  npmTrustedPublishing: true,
  publishToPypi: { distName: 'cdk-gitops-pipeline', module: 'cdk_gitops_pipeline', trustedPublishing: true },
  publishToMaven: {
    javaPackage: 'io.github.cdkgitopspipeline',
    mavenGroupId: 'io.github.cdk-gitops-pipeline',
    mavenArtifactId: 'cdk-gitops-pipeline',
    mavenServerId: 'central-ossrh',
  },
  publishToNuget: { dotNetNamespace: 'CdkGitopsPipeline', packageId: 'CdkGitopsPipeline', trustedPublishing: true },
  publishToGo: { moduleName: 'github.com/cdk-gitops-pipeline/cdk-gitops-pipeline-go', packageName: 'cdkgitopspipeline' },
});

project.tsconfigDev.removeInclude('**/*.ts'); // projen's default would take in lib, dist and cdk.out
// the handlers, the tests and the sandbox are in the development configuration only
project.eslint!.config.parserOptions = { ecmaVersion: 2018, sourceType: 'module', project: './tsconfig.dev.json' };
// editors look only for the nearest file named tsconfig.json
for (const folder of ['test', 'sandbox', 'benchmarks', 'examples']) {
  new JsonFile(project, `${folder}/tsconfig.json`, { obj: { extends: '../tsconfig.dev.json' } });
}

// 1.13.0 lacks some platforms' bindings in the registry, and `npm ci` refuses a lock file without them
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// the handlers' helper files import what esbuild bundles, so those are development dependencies
project.eslint?.addOverride({
  files: [...HANDLERS, 'sandbox/**', 'benchmarks/**', 'examples/**', 'flux-install/**'],
  rules: { 'import/no-extraneous-dependencies': ['error', { devDependencies: true, optionalDependencies: false, peerDependencies: true }] },
});
for (const folder of ['sandbox', 'benchmarks']) project.eslint?.addLintPattern(folder);

project.postCompileTask.exec('jsii-rosetta extract --strict');
// awslint knows the Duration of CDK v1's package only
project.postCompileTask.exec('awslint --no-compile --exclude duration-prop-type:*', { env: { AWSLINT_BASE_CONSTRUCT: 'constructs.Construct' } });

const fluxManifests = project.addTask('flux-manifests', {
  description: 'Generates the Flux manifests that the package ships, from Flux\'s own modules',
  exec: 'go run -C flux-install .',
});

// What CI and a newcomer run: everything that proves the project, from the generated files to the packed bindings.
const verify = project.addTask('verify', { description: 'Everything that proves the project' });
verify.exec('rm -rf test-reports'); // what an earlier run reported is no evidence of this one
verify.spawn(project.defaultTask!);
verify.spawn(fluxManifests);
verify.spawn(project.preCompileTask);
verify.spawn(project.compileTask);
verify.spawn(project.postCompileTask);
verify.exec('jest --passWithNoTests=false --maxWorkers=2', { env: { JEST_JUNIT_OUTPUT_NAME: 'unit.xml' } });
verify.exec('tsx sandbox/parts/cli.ts'); // once, with its progress, before two runs want the programs
const sandboxTests = (report: string, args: string) => verify.exec(`jest --passWithNoTests=false --config jest.sandbox.config.json ${args}`, {
  // the Kubernetes client is an ES module, which jest loads behind this flag only
  env: { JEST_JUNIT_OUTPUT_NAME: `${report}.xml`, NODE_OPTIONS: '--experimental-vm-modules --no-warnings' },
});
// a machine is a worker node once only; runs with simulated nodes mostly wait, so two of them share it
const REAL_NODE = ['/test/e2e/delivery', '/test/sandbox/cluster/node'];
sandboxTests('node', `--runInBand ${REAL_NODE.join(' ')}`);
sandboxTests('sandbox', `--maxWorkers=2 --testPathIgnorePatterns ${[...REAL_NODE, '/test/grants/'].join(' ')}`);
sandboxTests('grants', '--runInBand /test/grants/'); // what the runs above used of what the template grants
verify.spawn(project.tasks.tryFind('eslint')!);
verify.exec('tsx test/verify/summary.ts');
project.package.setScript('test', 'projen verify');

const demo = project.addTask('demo', { description: 'Runs the README example from a git push to a rolled-out workload, without an AWS account' });
demo.spawn(project.preCompileTask); // the handlers' bundles
demo.exec('tsx sandbox/demo.ts', { receiveArgs: true });

project.gitattributes.addAttributes('/src/flux/install/*.json', 'linguist-generated');
project.gitignore.exclude('demo-figures.json', '.jsii.tabl.json', 'tsconfig.tsbuildinfo', 'cdk.out/', 'cdk.out*/', '.sandbox/', '/assets/');
project.npmignore?.exclude('/sandbox/', '/benchmarks/', '/examples/', '/docs/', '/flux-install/', '/projenrc/', '/.ci/', '.jsii.tabl.json', '/jest.sandbox.config.json');

// the sandbox starts processes and takes ports and memory, so its tests run apart from the unit tests
new JsonFile(project, 'jest.sandbox.config.json', {
  obj: () => ({
    ...project.jest!.config,
    testMatch: ['<rootDir>/test/@(sandbox|e2e|faults|walk|packages|grants)/**/*.test.ts'],
    testPathIgnorePatterns: ['/node_modules/'],
    testTimeout: 600_000,
  }),
});
project.jest!.addIgnorePattern('<rootDir>/test/(sandbox|e2e|faults|walk|packages|grants)/');

project.synth();

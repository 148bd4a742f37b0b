import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The packed library, as its users get it: built for each language, installed, and the README's example synthesized.
 *
 * .NET is not at hand everywhere, and Go's module proxy has the library's dependencies only in part, so for those two the
 * generated code is looked at.
 */
const ROOT = resolve(__dirname, '../..');
const CDK = peerFloor('aws-cdk-lib');
const CONSTRUCTS = peerFloor('constructs');

const dir = mkdtempSync(join(tmpdir(), 'packages-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let expected: string;

beforeAll(() => {
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  for (const target of ['js', 'python', 'java']) run(ROOT, 'npx', 'projen', `package:${target}`);
  expected = typescript();
});

test('TypeScript synthesizes the example from the packed npm package', () => {
  expect(JSON.parse(expected).Resources).toBeDefined();
});

test('Python synthesizes the same template from the packed wheel', () => {
  const project = copy('python');
  run(project, 'python3', '-m', 'venv', 'venv');
  const [wheel] = readdirSync(join(ROOT, 'dist/python')).filter((file) => file.endsWith('.whl'));
  run(project, 'venv/bin/pip', 'install', '--quiet', join(ROOT, 'dist/python', wheel), `aws-cdk-lib==${CDK}`, `constructs==${CONSTRUCTS}`);
  run(project, 'venv/bin/python', 'shop.py');
  expect(template(project)).toBe(expected);
});

test('Java synthesizes the same template from the packed Maven artifact', () => {
  const project = copy('java');
  // an earlier 0.0.0 of the local repository would win over the one that was packed just now
  rmSync(join(homedir(), '.m2/repository/io/github/cdk-gitops-pipeline'), { recursive: true, force: true });
  run(project, 'mvn', '--quiet', '--batch-mode', `-Dlibrary.repository=${join(ROOT, 'dist/java')}`, `-Dcdk.version=${CDK}`,
    'compile', 'org.codehaus.mojo:exec-maven-plugin:3.5.0:java', '-Dexec.mainClass=shop.Shop');
  expect(template(project)).toBe(expected);
});

test.each([
  ['dotnet', /class GitOpsPipeline\b/, 'CdkGitopsPipeline/CdkGitopsPipeline/GitOpsPipeline.cs'],
  ['go', /func NewGitOpsPipeline\(/, 'cdkgitopspipeline/GitOpsPipeline.go'],
])('%s bindings are generated', (target, declaration, file) => {
  const out = join(dir, `code-${target}`);
  run(ROOT, 'npx', 'jsii-pacmak', '--code-only', '--target', target, '--outdir', out);
  expect(readFileSync(join(out, target, file), 'utf8')).toMatch(declaration);
});

function typescript(): string {
  const project = copy('typescript');
  const [tarball] = readdirSync(join(ROOT, 'dist/js')).filter((file) => file.endsWith('.tgz'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true }));
  run(project, 'npm', 'install', '--no-audit', '--no-fund', '--silent', join(ROOT, 'dist/js', tarball), `aws-cdk-lib@${CDK}`, `constructs@${CONSTRUCTS}`);
  run(project, join(ROOT, 'node_modules/.bin/tsx'), 'shop.ts');
  return template(project);
}

function copy(language: string): string {
  const project = join(dir, language);
  mkdirSync(project);
  cpSync(join(ROOT, 'examples', language), project, { recursive: true });
  return project;
}

function template(project: string): string {
  return readFileSync(join(project, 'cdk.out/ShopStack.template.json'), 'utf8');
}

function run(cwd: string, command: string, ...args: string[]): void {
  execFileSync(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CI: '', CDK_OUTDIR: join(cwd, 'cdk.out'), CDK_VALIDATION: 'false', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
    maxBuffer: 64 * 1024 * 1024,
  });
}

function peerFloor(name: string): string {
  const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return peerDependencies[name].replace('^', '');
}

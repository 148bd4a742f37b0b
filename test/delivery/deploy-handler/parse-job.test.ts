import { World } from './world';
import { parseJob, parseJobId } from '../../../src/delivery/deploy-handler/parse-job';
import { encodeState, State } from '../../../src/delivery/deploy-handler/state';

const parameters = new World().parameters(`sha256:${'b'.repeat(64)}`);

const event = (user: unknown, continuationToken?: string | null) => ({
  'CodePipeline.job': {
    id: 'job',
    accountId: '111122223333',
    data: {
      actionConfiguration: { configuration: { FunctionName: 'deploy', UserParameters: typeof user === 'string' ? user : JSON.stringify(user) } },
      inputArtifacts: [],
      outputArtifacts: [],
      continuationToken,
    },
  },
});

test('reads a first job', () => {
  expect(parseJob(event(parameters))).toEqual({ request: parameters, state: undefined });
  expect(parseJob(event(parameters, null)).state).toBeUndefined();
  expect(parseJobId(event(parameters))).toBe('job');
});

test('reads what the invocation before left', () => {
  const state: State = { phase: 'promote', deployment: 'job', attempts: 2 };
  expect(parseJob(event(parameters, encodeState(state))).state).toEqual(state);
});

test.each([undefined, null, {}, { 'CodePipeline.job': {} }, { Records: [] }])('fails on the event %j, which can be answered to nobody', (input) => {
  expect(() => parseJobId(input)).toThrow(/no CodePipeline job/);
});

test.each([
  ['{', /UserParameters are no JSON: \{/],
  ['[]', /the whole/],
  [{ ...parameters, digest: '#{Build.DIGEST}' }, /digest "#\{Build.DIGEST\}" must be the digest that the build exports/],
  [{ ...parameters, digest: `sha256:${'B'.repeat(64)}` }, /digest/],
  [{ ...parameters, commit: 'main' }, /commit "main" must be a Git commit id/],
  [{ ...parameters, promotion: 'magic' }, /promotion "magic"/],
  [{ ...parameters, timeout: 0 }, /timeout/],
  [{ ...parameters, application: '' }, /application/],
  [{ ...parameters, environment: '../production' }, /environment "..\/production" must be lower-case letters, digits and hyphens/],
  [{ ...parameters, tag: 'latest' }, /tag "latest" must be the tag that the build exports/],
  [{ ...parameters, tag: 'build-20261124115900-00000000' }, /tag "build-20261124115900-00000000" must be of the commit that the execution is about/],
  [{ ...parameters, imageUri: 'ghcr.io/evil' }, /imageUri "ghcr.io\/evil" must be the address of imageRepository/],
  [{ ...parameters, force: true }, /Unrecognized key: "force"/],
])('fails on the parameters %j', (input, message) => {
  expect(() => parseJob(event(input))).toThrow(message);
});

test('a variable that says a parameter again changes nothing', () => {
  const text = JSON.stringify({ ...parameters, tag: '#{Build.IMAGE_TAG}' });
  const forged = text.replace('#{Build.IMAGE_TAG}', `${parameters.tag}","environment":"another","tag":"${parameters.tag}`);
  expect(JSON.parse(forged).environment).toBe('another');
  expect(() => parseJob(event(forged))).toThrow(/a variable of the build has changed them/);
});

test('fails on a job without an action', () => {
  expect(() => parseJob({ 'CodePipeline.job': { id: 'job', data: {} } })).toThrow(/cannot be read: CodePipeline.job.data.actionConfiguration/);
});

test.each(['ä"\\\n', '…', '\u0000', 'x'])('a token stays within CodePipeline\'s limit, and readable, with a reason made of %j', (text) => {
  const release = { digest: parameters.digest as string, name: 'n'.repeat(250), released: 'r'.repeat(128) };
  const state: State = {
    phase: 'put back',
    deployment: 'd'.repeat(36),
    attempts: 4,
    reason: text.repeat(2000),
    since: 1795521600000,
    promotion: { at: 1795521600000, commit: 'c'.repeat(40), tag: 't'.repeat(128), previous: release },
    held: { key: 'k'.repeat(100), since: 1795521600000, absentSince: 1795521600000 },
  };
  const token = encodeState(state);
  expect(token.length).toBeLessThanOrEqual(2048);
  expect(parseJob(event(parameters, token)).state).toEqual({ ...state, reason: expect.any(String) });
});

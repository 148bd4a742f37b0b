import { CodePipelineClient, PutJobFailureResultCommand } from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import { World } from './world';
import { createHandler } from '../../../src/delivery/deploy-handler/create-handler';
import { parseJob } from '../../../src/delivery/deploy-handler/parse-job';
import { hostileText } from '../../properties/hostile-text';
import { anyJson, mutated } from '../../properties/mutations';
import { seed } from '../../properties/seed';

const codePipeline = mockClient(CodePipelineClient);
const client = new CodePipelineClient({ region: 'eu-west-1' });
const context = { getRemainingTimeInMillis: () => 60_000, invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:deploy' };
const parameters = new World().parameters(`sha256:${'b'.repeat(64)}`);
const TOKEN = { phase: 'promote', deployment: 'job', attempts: 0 };

const jobOf = (UserParameters: unknown, continuationToken: unknown) => ({
  'CodePipeline.job': {
    id: '11111111-abcd-1111-abcd-111111abcdef',
    accountId: '111122223333',
    data: { actionConfiguration: { configuration: { FunctionName: 'deploy', UserParameters } }, inputArtifacts: [], outputArtifacts: [], continuationToken },
  },
});

const asText = (value: fc.Arbitrary<unknown>) => value.map((one) => JSON.stringify(one));
const event = fc.oneof(
  anyJson,
  mutated(jobOf(JSON.stringify(parameters), JSON.stringify(TOKEN))),
  asText(mutated(parameters)).map((text) => jobOf(text, undefined)),
  asText(mutated(TOKEN)).map((text) => jobOf(JSON.stringify(parameters), text)),
  fc.tuple(hostileText, hostileText).map(([text, token]) => jobOf(text, token)),
);

test('whatever comes instead of a job is answered by one sentence, or logged by one line where nobody can be answered', async () => {
  await fc.assert(fc.asyncProperty(event, async (input) => {
    codePipeline.reset();
    const lines: string[] = [];
    const note = (message: string) => { lines.push(message); };
    const log = { info: note, warn: note, error: note, appendKeys: () => {} };
    const reached = jest.fn(() => { throw new Error('reached what it works on'); });
    await createHandler({ codePipeline: client, log, services: reached })(input, context);

    const answers = codePipeline.commandCalls(PutJobFailureResultCommand).map(({ args }) => args[0].input.failureDetails!.message!);
    if (answers.length === 0) {
      expect(lines).toEqual([expect.stringMatching(/^refused: The (event is no CodePipeline job|CodePipeline job is of the account)/)]);
      return;
    }
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatch(reached.mock.calls.length > 0 ? /^reached/ : /^The (CodePipeline job cannot|action's UserParameters|continuation token)/);
    expect(answers[0]).not.toMatch(/\n|TypeError|Cannot read|is not a function/);
    expect(answers[0].length).toBeLessThanOrEqual(1500);
    expect(lines).toEqual(reached.mock.calls.length > 0 ? ['failed', 'answer'] : ['answer']);
  }), { seed, numRuns: 1500 });
});

test('whatever a build exports, the parameters of the template stay what they are', () => {
  const template = JSON.stringify({ ...parameters, digest: '#{Build.IMAGE_DIGEST}', tag: '#{Build.IMAGE_TAG}' });
  const again = fc.tuple(fc.constantFrom(...Object.keys(parameters)), fc.constantFrom('production', 'other', 'commit', 'mall/other', parameters.digest))
    .map(([key, value]) => `","${key}":"${value}`);
  const variable = (honest: unknown) => fc.oneof(
    fc.constant(honest as string),
    fc.tuple(fc.constantFrom(honest as string, ''), fc.array(fc.oneof(again, hostileText), { minLength: 1, maxLength: 3 })).map(([start, parts]) => start + parts.join('')),
    fc.tuple(again, fc.constant(honest as string)).map(([forged, end]) => `${end}${forged}","x":"`),
  );
  let taken = 0;
  fc.assert(fc.property(variable(parameters.digest), variable(parameters.tag), (digest, tag) => {
    const text = template.replace('#{Build.IMAGE_DIGEST}', () => digest).replace('#{Build.IMAGE_TAG}', () => tag);
    let request;
    try {
      ({ request } = parseJob(jobOf(text, undefined)));
    } catch (error) {
      expect((error as Error).name).toBe('Refusal');
      return;
    }
    taken++;
    expect(request).toEqual({ ...parameters, digest, tag });
  }), { seed, numRuns: 2000 });
  expect(taken).toBeGreaterThan(50);
});

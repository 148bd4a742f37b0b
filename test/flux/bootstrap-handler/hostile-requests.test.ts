import * as fc from 'fast-check';
import { eventOf, FLUX, properties } from './fixtures';
import { fluxControllers, kubernetesControllers } from './simulated-flux';
import type { CustomResourceAnswer } from '../../../src/custom-resource-handler/respond';
import { runCustomResource } from '../../../src/custom-resource-handler/run-custom-resource';
import { BootstrapEvent, bootstrapHandlers } from '../../../src/flux/bootstrap-handler/bootstrap';
import { ManualClock } from '../../kubernetes/manual-clock';
import { MemoryKubernetesApi } from '../../kubernetes/memory-kubernetes-api';
import { anyJson, mutated } from '../../properties/mutations';
import { seed } from '../../properties/seed';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:bootstrap';
const LIMIT = 15 * 60_000;

interface Run {
  readonly answers: CustomResourceAnswer[];
  readonly errors: string[];
  readonly invocations: number;
}

/** The request, with all of the further invocations that it asks for. */
async function run(request: unknown, cluster = fluxControllers(kubernetesControllers(new MemoryKubernetesApi())), time = LIMIT): Promise<Run> {
  const clock = new ManualClock();
  const answers: CustomResourceAnswer[] = [];
  const errors: string[] = [];
  const logger = { info: () => {}, error: (line: string) => { errors.push(line); } };
  let invocations = 0;
  for (let next: unknown[] = [request]; next.length > 0 && invocations < 100; invocations++) {
    const later: BootstrapEvent[] = [];
    const end = clock.now() + time;
    const handlers = bootstrapHandlers({
      manifests: FLUX,
      connect: () => cluster,
      clock,
      logger,
      remainingMs: () => end - clock.now(),
      continueLater: async (event) => { later.push(event); },
    });
    await runCustomResource(next[0], { getRemainingTimeInMillis: () => time, invokedFunctionArn: ARN }, handlers,
      { logger, respond: async (_, answer) => { answers.push(answer); } });
    next = JSON.parse(JSON.stringify(later));
  }
  return { answers, errors, invocations };
}

const parsed = Object.fromEntries(Object.entries(properties()).map(([key, value]) => [key, value.startsWith('arn') ? value : JSON.parse(value)]));
const asPassed = (value: any) => (typeof value !== 'object' || value === null ? value
  : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typeof one === 'string' ? one : JSON.stringify(one)])));
const types = fc.constantFrom('Create', 'Update', 'Delete');
const requests = fc.oneof(
  fc.tuple(types, mutated(parsed)).map(([type, value]) => eventOf(type as 'Create', { ResourceProperties: asPassed(value) })),
  fc.tuple(types, fc.oneof(anyJson, mutated(properties()))).map(([type, value]) => eventOf(type as 'Create', { ResourceProperties: value })),
  types.chain((type) => mutated({ ...eventOf(type as 'Create'), StartedAt: 5 })),
  fc.tuple(types, anyJson).map(([type, StartedAt]) => eventOf(type as 'Create', { StartedAt })),
  anyJson,
);

test('whatever is asked for is answered within an hour, a deletion by a success', async () => {
  await fc.assert(fc.asyncProperty(requests, async (request) => {
    const { answers, errors, invocations } = await run(request);
    expect(invocations).toBeLessThanOrEqual(4);
    if (answers.length === 0) {
      expect(errors).toEqual([expect.stringMatching(/^Request refused: not a request of CloudFormation/)]);
      return;
    }
    expect(answers).toHaveLength(1);
    const [{ status, reason = '', physicalResourceId }] = answers;
    if (status === 'FAILED') {
      expect(reason).not.toBe('');
      expect(errors).toHaveLength(1);
    }
    if ((request as any).RequestType === 'Delete') { expect(status).toBe('SUCCESS'); }
    expect(reason).not.toMatch(/TypeError|Cannot read|is not a function|is not iterable|is not defined/);
    expect(typeof physicalResourceId).toBe('string');
  }), { seed, numRuns: 400 });
});

test.each([undefined, 'soon', -1, 1e300, null, {}])('a request that says it began at %j ends all the same', async (StartedAt) => {
  const cluster = fluxControllers(kubernetesControllers(new MemoryKubernetesApi()), () => ({ status: 'Unknown' }));
  // half a minute beside the time to hand over, so that no invocation sees the end of its waiting
  const { answers, invocations } = await run(eventOf('Create', { StartedAt }), cluster, 2 * 60_000);
  expect(answers).toMatchObject([{ status: 'FAILED', reason: expect.stringMatching(/^Not done after 45 minutes: still waiting for GitRepository/) }]);
  expect(invocations).toBeLessThan(100);
});

test('the deletion of what was never installed succeeds', async () => {
  const empty = new MemoryKubernetesApi();
  expect((await run(eventOf('Delete', { PhysicalResourceId: 'Flux-0123456789ab', ResourceProperties: undefined }), empty)).answers)
    .toEqual([{ status: 'SUCCESS', physicalResourceId: 'Flux-0123456789ab', reason: 'Nothing was installed' }]);
});

import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { CustomResourceAnswer } from '../../src/custom-resource-handler/respond';
import { ANSWERED_LATER, CustomResourceHandlers, physicalResourceIdOf, runCustomResource } from '../../src/custom-resource-handler/run-custom-resource';

const CREATE = { RequestType: 'Create', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Flux' } as CloudFormationCustomResourceEvent;
const DELETE = { ...CREATE, RequestType: 'Delete', PhysicalResourceId: 'the-one' } as CloudFormationCustomResourceEvent;

const logger = { info: () => {}, error: () => {} };

async function run(event: CloudFormationCustomResourceEvent, handlers: Partial<CustomResourceHandlers>,
  remainingMs = 900_000): Promise<CustomResourceAnswer[]> {
  const answers: CustomResourceAnswer[] = [];
  const unexpected = async () => { throw new Error('not asked for'); };
  const all = { create: unexpected, update: unexpected, delete: unexpected, ...handlers };
  await runCustomResource(event, { getRemainingTimeInMillis: () => remainingMs }, all,
    { logger, respond: async (_, answer) => { answers.push(answer); } });
  return answers;
}

test('answers with what the handler says', async () => {
  expect(await run(CREATE, { create: async () => ({ data: { a: 'b' } }) })).toEqual([
    { status: 'SUCCESS', physicalResourceId: physicalResourceIdOf(CREATE), data: { a: 'b' } },
  ]);
});

test('an error is a failure with its message', async () => {
  expect(await run(CREATE, { create: async () => { throw new Error('quota exceeded'); } })).toEqual([
    { status: 'FAILED', physicalResourceId: physicalResourceIdOf(CREATE), reason: 'quota exceeded' },
  ]);
});

test('an error that is no Error is answered, too', async () => {
  expect(await run(CREATE, { create: async () => { throw 'oops'; } })).toMatchObject([{ status: 'FAILED', reason: 'oops' }]); // eslint-disable-line no-throw-literal
});

test('an error while deleting does not block the stack', async () => {
  expect(await run(DELETE, { delete: async () => { throw new Error('no route'); } })).toEqual([
    { status: 'SUCCESS', physicalResourceId: 'the-one', reason: 'Left behind, since deletion must not block the stack: no route' },
  ]);
});

test('answers before the function\'s time is over', async () => {
  expect(await run(CREATE, { create: () => new Promise(() => {}) }, 12_020)).toMatchObject([{ status: 'FAILED', reason: expect.stringContaining('time was over') }]);
});

test('leaves the answer to a further invocation', async () => {
  expect(await run(CREATE, { create: async () => ANSWERED_LATER })).toEqual([]);
});

test('fails on a request of an unknown type', async () => {
  expect(await run({ ...DELETE, RequestType: 'Migrate' } as any, {})).toMatchObject([
    { status: 'FAILED', reason: 'RequestType is "Migrate", but must be Create, Update or Delete' },
  ]);
});

test('the physical id is stable, and differs between resources and stacks', () => {
  expect(physicalResourceIdOf(CREATE)).toBe(physicalResourceIdOf({ ...CREATE, RequestId: 'other' }));
  expect(physicalResourceIdOf(CREATE)).not.toBe(physicalResourceIdOf({ ...CREATE, LogicalResourceId: 'Other' }));
  expect(physicalResourceIdOf(CREATE)).not.toBe(physicalResourceIdOf({ ...CREATE, StackId: 'other' }));
  expect(physicalResourceIdOf(DELETE)).toBe('the-one');
});

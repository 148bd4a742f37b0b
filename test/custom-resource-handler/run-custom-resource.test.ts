import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { CustomResourceAnswer } from '../../src/custom-resource-handler/respond';
import { ANSWERED_LATER, CustomResourceHandlers, physicalResourceIdOf, runCustomResource } from '../../src/custom-resource-handler/run-custom-resource';

const STACK = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/1';
const CREATE = {
  RequestType: 'Create', ResponseURL: 'https://answer.example/?signature=x', StackId: STACK, RequestId: 'request', LogicalResourceId: 'Flux',
} as CloudFormationCustomResourceEvent;
const DELETE = { ...CREATE, RequestType: 'Delete', PhysicalResourceId: 'the-one' } as CloudFormationCustomResourceEvent;

const logger = { info: jest.fn(), error: jest.fn() };
const invokedFunctionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:bootstrap';

async function run(event: unknown, handlers: Partial<CustomResourceHandlers>,
  remainingMs = 900_000): Promise<CustomResourceAnswer[]> {
  const answers: CustomResourceAnswer[] = [];
  const unexpected = async () => { throw new Error('not asked for'); };
  const all = { create: unexpected, update: unexpected, delete: unexpected, ...handlers };
  await runCustomResource(event, { getRemainingTimeInMillis: () => remainingMs, invokedFunctionArn }, all,
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

test.each([
  ['an unknown type', { ...DELETE, RequestType: 'Migrate' }, 'RequestType must be Create, Update or Delete'],
  ['an update of nothing', { ...CREATE, RequestType: 'Update' }, 'PhysicalResourceId Invalid input: expected string, received undefined'],
  ['another account', { ...CREATE, StackId: STACK.replace('1111', '9999') }, 'is not of account 111122223333 in eu-west-1'],
  ['another region', { ...CREATE, StackId: STACK.replace('west', 'north') }, 'is not of account 111122223333 in eu-west-1'],
])('a request of %s is logged once and fails', async (_, event, reason) => {
  expect(await run(event, {})).toEqual([{ status: 'FAILED', physicalResourceId: expect.stringMatching(/^(the-one$|Flux-)/), reason: expect.stringContaining(reason) }]);
  expect(logger.error.mock.calls).toEqual([[expect.stringContaining(reason)]]);
  expect(logger.info).not.toHaveBeenCalled();
});

test('a deletion that cannot be read does not block the stack', async () => {
  expect(await run({ ...DELETE, PhysicalResourceId: 7 }, {})).toMatchObject([{ status: 'SUCCESS', reason: expect.stringContaining('PhysicalResourceId') }]);
});

test.each([undefined, null, 'x', [], {}, { ...CREATE, ResponseURL: 'file:///etc/passwd' }, { ...CREATE, StackId: 'ü'.repeat(5000) }])(
  'what nobody can be answered for is logged once and done with: %#', async (event) => {
    expect(await run(event, {})).toEqual([]);
    expect(logger.error.mock.calls).toEqual([[expect.stringMatching(/^Request refused: not a request of CloudFormation: /)]]);
    expect(logger.info).not.toHaveBeenCalled();
  });

test('the physical id is stable, and differs between resources and stacks', () => {
  expect(physicalResourceIdOf(CREATE)).toBe(physicalResourceIdOf({ ...CREATE, RequestId: 'other' }));
  expect(physicalResourceIdOf(CREATE)).not.toBe(physicalResourceIdOf({ ...CREATE, LogicalResourceId: 'Other' }));
  expect(physicalResourceIdOf(CREATE)).not.toBe(physicalResourceIdOf({ ...CREATE, StackId: 'other' }));
  expect(physicalResourceIdOf(DELETE)).toBe('the-one');
});

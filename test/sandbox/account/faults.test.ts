import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodeCommitClient, GetBranchCommand } from '@aws-sdk/client-codecommit';
import { PULLER, PUSHER, TinyAccount } from './tiny-account';
import type { Account } from '../../../sandbox/account';

jest.setTimeout(180_000);

const HANDLER = 'Handler';
/** Its custom resource is made once. */
const CALLS_OF_DEPLOYMENT = 1;
const branch = { repositoryName: 'tiny', branchName: 'main' };

let tiny: TinyAccount;
let account: Account;
let clone: string;
let handler: string;
/** How often the rule has called the function, when every event that is on its way has come. */
let called = 0;

beforeAll(async () => {
  tiny = await TinyAccount.start();
  ({ account } = tiny);
  handler = tiny.outputs.HandlerArn;
  clone = join(tiny.dir, 'clone');
  await tiny.git(PULLER, ['clone', '--quiet', account.gitRemote('tiny'), clone]);
});

afterEach(async () => {
  await account.events.clear();
  account.functions.clear();
  account.ends.clear();
});

afterAll(async () => tiny?.stop());

async function push(content: string): Promise<string> {
  writeFileSync(join(clone, 'README.md'), content);
  await tiny.gitWith({}, ['commit', '--quiet', '--all', '--message', content], clone);
  await tiny.git(PUSHER, ['push', '--quiet', 'origin', 'HEAD:main'], 'tiny', clone);
  called++;
  return tiny.gitWith({}, ['rev-parse', 'HEAD'], clone);
}

/** Commits of the events that arrive, in their order, up to a last one. */
async function arrivals(last: string, lastTimes = 1): Promise<string[]> {
  const seen: string[] = [];
  await tiny.message('events', ({ detail }) => seen.push(detail.commitId) > 0 && seen.filter(commit => commit === last).length === lastTimes);
  return seen;
}

/** What the function was seen to do since a call; its logs are Lambda's own. */
function callsSince(index: number): string[] {
  return account.calls.slice(index).filter(({ principal, service }) => principal.includes(HANDLER) && service !== 'logs').map(({ action }) => action);
}

async function untilQuiet(): Promise<void> {
  for (let attempt = 0; callsSince(0).length < called + CALLS_OF_DEPLOYMENT && attempt < 600; attempt++) await sleep(100);
  expect(callsSince(0)).toHaveLength(called + CALLS_OF_DEPLOYMENT);
}

describe('events', () => {
  test('are lost', async () => {
    account.events.lose(1);
    called--;
    const lost = await push('lost');
    const next = await push('next');
    expect(await arrivals(next)).not.toContain(lost);
  });

  test('are doubled', async () => {
    account.events.duplicate(1);
    called++;
    const commit = await push('doubled');
    expect((await arrivals(commit, 2)).filter(one => one === commit)).toHaveLength(2);
  });

  test('are late', async () => {
    account.events.delay(700, 1);
    const late = await push('late');
    const next = await push('early');
    const order = await arrivals(late);
    expect(order.indexOf(next)).toBeLessThan(order.indexOf(late));
  });

  test('change places, two by two', async () => {
    account.events.reorder(2, 60_000);
    const first = await push('first');
    const second = await push('second');
    const order = await arrivals(first);
    expect(order.slice(-2)).toEqual([second, first]);
  });

  test('that wait arrive when all is normal again', async () => {
    account.events.delay(3600_000);
    const commit = await push('waiting');
    await account.events.clear();
    expect(await arrivals(commit)).toContain(commit);
  });
});

describe('functions', () => {
  beforeAll(untilQuiet); // a call by an earlier event would be the one that is killed

  test('are killed after a call that took effect, and work again', async () => {
    const before = account.calls.length;
    account.functions.kill(HANDLER, { afterCalls: 1 });
    await expect(account.invokeLambda(handler, {})).rejects.toThrow(/signal: killed/);
    expect(callsSince(before)).toEqual(['codecommit:GetBranch']);
    expect(await account.invokeLambda(handler, {})).toMatch(/^[0-9a-f]{40}$/);
  });

  test('are killed before their first call', async () => {
    const before = account.calls.length;
    account.functions.kill(HANDLER, { afterCalls: 0 });
    await expect(account.invokeLambda(handler, {})).rejects.toThrow(/signal: killed/);
    expect(callsSince(before)).toEqual([]);
    expect(account.functions.killed).toBeGreaterThan(0);
  });

  test('are killed after a while', async () => {
    account.ends.hang('codecommit', { ms: 60_000 });
    account.functions.kill(HANDLER, { afterMs: 200 });
    await expect(account.invokeLambda(handler, {})).rejects.toThrow(/signal: killed/);
  });

  test('run out of time', async () => {
    account.functions.timeOut(HANDLER);
    await expect(account.invokeLambda(handler, {})).rejects.toThrow(/Task timed out/);
  });

  test('are throttled', async () => {
    account.functions.throttle(HANDLER, 3); // the client tries as often
    await expect(account.invokeLambda(handler, {})).rejects.toThrow(/Rate Exceeded/);
    expect(await account.invokeLambda(handler, { op: 'version' })).toMatch(/^v/);
  });

  test('that were not asked for are left alone', async () => {
    account.functions.kill('Another', { afterCalls: 0 });
    expect(await account.invokeLambda(handler, {})).toMatch(/^[0-9a-f]{40}$/);
  });

  test('are tried again with an event that they were killed over', async () => {
    const before = account.calls.length;
    account.functions.kill(HANDLER, { afterCalls: 0 });
    await push('again');
    for (let attempt = 0; callsSince(before).length === 0 && attempt < 300; attempt++) await sleep(100);
    expect(callsSince(before)).toEqual(['codecommit:GetBranch']);
  });
});

describe('ends', () => {
  const getBranch = async () => {
    const client = new CodeCommitClient({ ...await tiny.clientOptions(PUSHER), maxAttempts: 1 });
    return client.send(new GetBranchCommand(branch)).finally(() => client.destroy());
  };
  const lsRemote = async () => tiny.git(PULLER, ['ls-remote', account.gitRemote('tiny')]);

  test('of a service fail, throttle and hang', async () => {
    account.ends.fail('codecommit', { times: 1 });
    account.ends.fail('codecommit', { times: 1, status: 429 });
    account.ends.hang('codecommit', { times: 1, ms: 100 });
    await expect(getBranch()).rejects.toMatchObject({ name: 'ServiceUnavailableException', $metadata: { httpStatusCode: 500 } });
    await expect(getBranch()).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(getBranch()).rejects.toThrow(/socket hang up/);
    expect((await getBranch()).branch?.branchName).toBe('main');
  });

  test('of Git fail for what they are told, and hang', async () => {
    account.ends.fail('git', { operation: 'git-receive-pack', times: 1 });
    expect(await lsRemote()).toContain('refs/heads/main');
    await expect(push('refused')).rejects.toThrow(/500/);
    account.ends.hang('git', { times: 1, ms: 100 });
    await expect(lsRemote()).rejects.toThrow(/unable to access|Empty reply|connection/i);
    expect(await lsRemote()).toContain('refs/heads/main');
  });

  test('let something come between', async () => {
    let between = false;
    account.ends.before('codecommit', 'GetBranch', async () => { between = true; });
    await getBranch();
    expect(between).toBe(true);
  });
});

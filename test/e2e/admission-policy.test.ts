import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { disappointments, EXPECTATIONS } from './admission-policy/expectations';
import { mutants, SHIPPED } from './admission-policy/mutants';
import { randomRequest, type RandomRequest } from './admission-policy/random-requests';
import { ReconcileCluster } from './admission-policy/reconcile-cluster';
import type { Answer } from './api-client';
import { until } from '../../sandbox/cluster/until';
import { seed } from '../properties/seed';
import { writeFigures } from '../verify/figures';

/** A changed policy, role or binding counts some time after it was accepted. */
const PATIENCE = { timeout: 60_000 };
const REQUESTS = 400;

let dir: string;
let cluster: ReconcileCluster;
let sent = 0;
let killed = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'admission-'));
  cluster = await ReconcileCluster.start(dir);
  await settled(EXPECTATIONS.filter(({ rule }) => rule !== 'only updates')); // that far nobody comes with these rights
}, 45 * 60_000); // the programs may have to be built first

afterAll(async () => {
  writeFigures('admission-policy', { 'admission requests sent': sent, 'admission mutants killed': `${killed} of ${mutants().length}` });
  await cluster?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** A change that somebody made before counts everywhere. */
async function settled(expectations = EXPECTATIONS): Promise<void> {
  await until('the policy to be as shipped', async () => {
    const [first] = await disappointments(cluster, expectations);
    if (first) throw new Error(first);
    return true;
  }, PATIENCE);
}

/** Sends made-up requests; whatever the answers, nothing may be different afterwards. */
async function nothingChanges(requests: fc.Arbitrary<RandomRequest>): Promise<Record<string, number>> {
  const before = await cluster.state('everything');
  const sources = await cluster.state('sources');
  const answers: Record<string, number> = {};
  await fc.assert(fc.asyncProperty(requests, async ({ method, path, contentType, body }) => {
    const answer = await cluster.reconcile.send(method, path, body, contentType);
    sent++;
    answers[kindOf(answer)] = (answers[kindOf(answer)] ?? 0) + 1;
    expect(await cluster.state('sources')).toEqual(sources);
  }), { seed, numRuns: REQUESTS });
  expect(await cluster.state('everything')).toEqual(before);
  return answers;
}

function kindOf({ status, body }: Answer): string {
  if (status < 300) return 'allowed';
  return status !== 403 ? 'invalid' : /ValidatingAdmissionPolicy/.test(body.message) ? 'refused by the policy' : 'refused by RBAC';
}

describe('the reconcile function, with its own rights,', () => {
  test('changes nothing but its annotation, whatever it asks', async () => {
    const answers = await nothingChanges(randomRequest);
    // the requests are such that each can happen
    expect(Object.keys(answers).sort()).toEqual(['allowed', 'invalid', 'refused by RBAC', 'refused by the policy']);
  });
});

describe('the policy alone, with every right given beside it,', () => {
  beforeAll(async () => {
    await cluster.giveEveryRight();
    await settled();
  });

  test('leaves it that annotation, and everybody else everything', async () => {
    expect(await disappointments(cluster)).toEqual([]);
  });

  test('keeps Flux\'s sources and image objects as they are, whatever it asks', async () => {
    await nothingChanges(randomRequest.filter(({ path }) => /(source|image)\.toolkit/.test(path)));
  });

  test.each(mutants())('is noticed $name', async (mutant) => {
    await settled();
    await cluster.put(mutant);
    try {
      await until('somebody to notice', async () => (await disappointments(cluster)).length > 0, PATIENCE);
    } finally {
      await cluster.put(SHIPPED);
    }
    killed++;
  });
});

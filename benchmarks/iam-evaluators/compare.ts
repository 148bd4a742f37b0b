import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import * as fc from 'fast-check';
import { arbitraryCase } from './arbitrary-case';
import type { Decision } from './case';
import { iamSimulate } from './iam-simulate';
import { ministack } from './ministack';
import { writeFigures } from '../../test/verify/figures';

const DISAGREEMENTS = join(__dirname, '../../test-reports/iam-evaluators.json');

/** Asks two evaluators of IAM policies the same, at random, and counts where they agree. */
async function main(): Promise<void> {
  const { cases: numRuns, seed } = new Command('iam-evaluators')
    .option('--cases <count>', 'how many requests, each with policies of its own', Number, 10_000)
    .option('--seed <number>', 'the same seed makes the same cases', Number, 1)
    .parse().opts<{ cases: number; seed: number }>();
  const cases = fc.sample(arbitraryCase, { numRuns, seed });
  const decided = { ministack: await ministack(cases), iamSimulate: await iamSimulate(cases) };
  const both = cases.map((one, index) => ({ ministack: decided.ministack[index], iamSimulate: decided.iamSimulate[index], ...one }));
  const disagreements = both.filter((one) => one.ministack !== one.iamSimulate);
  const decisions = (decision: Decision) => decided.iamSimulate.filter((one) => one === decision).length;
  const figures = {
    'requests': numRuns,
    'seed': seed,
    'decided alike': numRuns - disagreements.length,
    'refused by ministack alone': disagreements.filter((one) => one.iamSimulate === 'Allow').length,
    'allowed by ministack alone': disagreements.filter((one) => one.ministack === 'Allow').length,
    'allowed by iam-simulate': decisions('Allow'),
    'denied by a statement': decisions('Deny'),
    'denied by none that allows': decisions('ImplicitDeny'),
  };
  writeFigures('iam-evaluators', figures);
  mkdirSync(dirname(DISAGREEMENTS), { recursive: true });
  writeFileSync(DISAGREEMENTS, JSON.stringify(disagreements, undefined, 2));
  console.log(figures, disagreements.length === 0 ? '' : `\nThe disagreements: ${DISAGREEMENTS}`);
}

void main();

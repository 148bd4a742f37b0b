import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidencedCalls } from './calls';
import type { Evidence } from './evidence';
import type { Sandbox } from '../index';

export type { Evidence, EvidencedCall } from './evidence';

const FOLDER = join(__dirname, '..', '..', 'test-reports', 'evidence');

/** Keeps what a run called, for the checks of grants that come after all runs. */
export async function writeEvidence(sandbox: Sandbox, run: string): Promise<void> {
  const { calls, deployments } = sandbox.account;
  const evidence: Evidence = { run, deployments, calls: evidencedCalls(calls, deployments), kubernetes: sandbox.cluster.audit() };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${run}.json`), JSON.stringify(evidence));
}

/** The evidence of all runs; a check of nothing would be worth nothing, so none is an error. */
export function readEvidence(folder = FOLDER): Evidence[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  if (files.length === 0) throw new Error(`${folder} holds no evidence: run the sandbox tests first (npx jest --config jest.sandbox.config.json test/e2e).`);
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

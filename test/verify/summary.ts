import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Adds up what the test runs reported, and fails when any test failed or none ran. */
const reports = join(__dirname, '../../test-reports');
const totals = { tests: 0, failures: 0, errors: 0, skipped: 0 };
for (const file of readdirSync(reports).filter((name) => name.endsWith('.xml'))) {
  const suites = /<testsuites [^>]*>/.exec(readFileSync(join(reports, file), 'utf8'))?.[0] ?? '';
  for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += Number(new RegExp(` ${name}="(\\d+)"`).exec(suites)?.[1] ?? 0);
}
const failed = totals.failures + totals.errors;
console.log(`${totals.tests - failed - totals.skipped} passed, ${failed} failed`);
process.exitCode = failed > 0 || totals.tests === 0 ? 1 : 0;

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shows what the test runs counted, adds up what they reported, and fails when any test failed or none ran. */
const reports = join(__dirname, '../../test-reports');

for (const [name, figures] of figuresOfRuns()) {
  console.log(`\n${name}`);
  for (const [what, figure] of Object.entries(figures)) console.log(`${String(figure).padStart(12)}  ${what}`);
}

const totals = { tests: 0, failures: 0, errors: 0, skipped: 0 };
for (const file of readdirSync(reports).filter((name) => name.endsWith('.xml'))) {
  const suites = /<testsuites [^>]*>/.exec(readFileSync(join(reports, file), 'utf8'))?.[0] ?? '';
  for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += Number(new RegExp(` ${name}="(\\d+)"`).exec(suites)?.[1] ?? 0);
}
const failed = totals.failures + totals.errors;
console.log(`\n${totals.tests - failed - totals.skipped} passed, ${failed} failed`);
process.exitCode = failed > 0 || totals.tests === 0 ? 1 : 0;

function figuresOfRuns(): [name: string, figures: Record<string, number | string>][] {
  const folder = join(reports, 'figures');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')).sort() : [];
  return files.map((name) => [name.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, name), 'utf8'))]);
}

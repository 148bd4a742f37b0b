import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPS, templateFiles } from './apps';
import { CHECKOV_SKIPS } from './checkov-skips';
import { FIRST_RUN, output, pythonWith } from './tools';

const folder = mkdtempSync(join(tmpdir(), 'checkov-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let checkov: string[];
beforeAll(async () => {
  checkov = [await pythonWith('checkov', '3.3.30'), '-m', 'checkov.main'];
}, FIRST_RUN);

interface Report {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[] };
}

test('checkov finds only what has a reason, and every reason is needed', async () => {
  Object.values(APPS).flatMap((make) => templateFiles(make())).forEach((file, index) => copyFileSync(file, join(folder, `${index}.template.json`)));
  const { stdout } = await output([
    ...checkov, '--directory', folder, '--framework', 'cloudformation', '--output', 'json', '--compact', '--quiet', '--skip-download',
  ]);
  const { summary, results } = JSON.parse(stdout) as Report;

  expect(summary.parsing_errors).toBe(0);
  expect(summary.passed).toBeGreaterThan(500);
  expect([...new Set(results.failed_checks.map(({ check_id }) => check_id))].sort()).toEqual(Object.keys(CHECKOV_SKIPS).sort());
});

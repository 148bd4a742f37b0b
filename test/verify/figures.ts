import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps what a test counted, for the summary of all tests. */
export function writeFigures(name: string, figures: Record<string, number | string>): void {
  const folder = join(__dirname, '../../test-reports/figures');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(figures, undefined, 2)}\n`);
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';

const folder = mkdtempSync(join(tmpdir(), 'test-app-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An app whose output is gone after the test file. */
export function testApp(): App {
  return new App({ outdir: mkdtempSync(join(folder, 'cdk.out-')) });
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');

/** Runs a CDK app as the CDK CLI would, and returns the folder of its cloud assembly */
export async function synthesize(app: string, outdir: string): Promise<string> {
  await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsx'), ['--tsconfig', join(ROOT, 'tsconfig.dev.json'), app], {
    cwd: ROOT,
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' },
  });
  return outdir;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { newStack } from './build';
import { RegionSpec } from './specs';
import { Template } from './template';

/** The template of a stack, or why there is none. What is written on the way is removed from the folder again. */
export function synthesize(folder: string, build: (stack: Stack) => void, region: RegionSpec): Template | Error {
  const outdir = mkdtempSync(join(folder, 'cdk.out-'));
  try {
    const stack = newStack(outdir, region);
    build(stack);
    return (stack.node.root as App).synth().getStackByName(stack.stackName).template;
  } catch (error) {
    return error as Error;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { Demo } from './scenario/demo';
import { printKeepHelp } from './scenario/keep-help';

interface DemoOptions { readonly keep: boolean; readonly nodes: 'real' | 'kwok' | 'auto'; readonly json: string; readonly promotions: string }

/** Runs the README's example from a push to a rolled-out workload, and shows each hop with its time. */
async function main(): Promise<void> {
  const program = new Command('demo')
    .option('--keep', 'leave it running, and print how to clone, push and use kubectl', false)
    .addOption(new Option('--nodes <kind>', 'worker node: a real one needs root').choices(['real', 'kwok', 'auto']).default('auto'))
    .option('--promotions <count>', 'how many promotions are timed', '20')
    .option('--json <file>', 'where the figures go', 'demo-figures.json')
    .parse();
  const options = program.opts<DemoOptions>();
  const dir = mkdtempSync(join(tmpdir(), 'cdk-gitops-pipeline-'));
  const demo = new Demo(dir, { nodes: options.nodes, promotions: Number(options.promotions) });
  try {
    const figures = await demo.run();
    writeFileSync(resolve(options.json), `${JSON.stringify(figures, undefined, 2)}\n`);
    console.log(`\nFigures (also in ${options.json}):\n${JSON.stringify(figures, undefined, 2)}`);
    if (options.keep) {
      printKeepHelp(demo.sandbox!);
      await new Promise(() => undefined); // Ctrl-C ends it, by the handler that the processes have
    }
    await demo.stop();
    rmSync(dir, { recursive: true, force: true });
  } catch (error) {
    console.error(`\nThe demo failed: ${(error as Error).message}\nIts logs are below ${dir}; the last line of the failing part's log says why.`);
    await demo.stop().catch(() => undefined);
    process.exitCode = 1;
  }
}

void main();

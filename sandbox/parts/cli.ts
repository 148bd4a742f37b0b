// Builds every program, or those named, and prints where they are: for CI's first
// step and for a shell (`tsx sandbox/parts/cli.ts kubectl crane`).
import { buildParts } from './build';
import { PartName, PARTS } from './part';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !PARTS.some((part) => part.name === name));

async function main() {
  if (unknown.length > 0) {
    throw new Error(`No such program: ${unknown.join(', ')}. There are ${PARTS.map((part) => part.name).join(', ')}.`);
  }
  const only = names.length > 0 ? names as PartName[] : undefined;
  const paths = await buildParts({ only, onProgress: (line) => process.stderr.write(`${line}\n`) });
  for (const [name, path] of Object.entries(paths)) {
    process.stdout.write(`${name.toUpperCase().replaceAll('-', '_')}=${path}\n`);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached, partsCache } from '../../sandbox/parts/cache';

const run = promisify(execFile);

const VERSION = '1.58.0';

/** What the CDK writes on purpose: dependencies that references imply already, and the zones that it has looked up. */
const IGNORED = ['W3005', 'W3010'];

/** A finding, as cfn-lint's JSON has it. */
interface Match {
  readonly Filename: string;
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Path: (string | number)[] | null };
}

/** What cfn-lint says against the templates in the regions. It is installed on first use, in a Python environment of its own. */
export async function cfnLint(templates: string[], regions: string[]): Promise<string[]> {
  const home = await environment();
  const { stdout } = await run(
    join(home, 'bin', 'python3'), // the script's first line names the folder in which it was made
    [join(home, 'bin', 'cfn-lint'), '--format', 'json', '--ignore-checks', ...IGNORED, '--regions', ...regions, '--template', ...templates],
    { maxBuffer: 64 * 1024 * 1024 },
  ).catch((error) => { // findings are an exit status, too
    if (!String(error.stdout).startsWith('[')) throw error;
    return error as { stdout: string };
  });
  const matches: Match[] = JSON.parse(stdout || '[]');
  return matches.map(({ Filename, Rule, Message, Location }) => `${Filename} ${Rule.Id} ${Location.Path?.join('/')}: ${Message}`);
}

async function environment(): Promise<string> {
  const folder = join(partsCache(), '..', `cfn-lint-${VERSION}`);
  await cached(folder, async (content) => {
    try {
      await run('python3', ['-m', 'venv', content]);
      await run(join(content, 'bin', 'python3'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `cfn-lint==${VERSION}`]);
    } catch (error) {
      throw new Error(`cfn-lint ${VERSION} cannot be installed. It needs python3 with venv (Debian's python3-venv) and PyPI.`, { cause: error });
    }
  });
  return folder;
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { APPS, templateFiles } from './apps';
import { FIRST_RUN, laterCdk, output } from './tools';

/** The CDK's validator of templates is part of it since 2.262, and of the lowest version that users may have not yet. */
const LATER_CDK = '2.276.0';

const folder = mkdtempSync(join(tmpdir(), 'validator-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const modules = await laterCdk(LATER_CDK);
  const config = join(folder, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({
    extends: join(__dirname, '../../tsconfig.dev.json'),
    compilerOptions: {
      paths: {
        'aws-cdk-lib': [join(modules, 'aws-cdk-lib')],
        'aws-cdk-lib/*': [join(modules, 'aws-cdk-lib/*')],
        'constructs': [join(modules, 'constructs')],
      },
    },
    include: [],
  }));
  const { code, stderr } = await output(
    [process.execPath, require.resolve('tsx/cli'), '--tsconfig', config, join(__dirname, 'synth-examples.ts'), folder],
    { env: { ...process.env, CDK_VALIDATION: 'true' } },
  );
  if (code !== 0) {
    throw new Error(`The synthesis with aws-cdk-lib ${LATER_CDK} fails: ${stderr}`);
  }
}, FIRST_RUN);

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

describe.each(Object.entries(APPS).map(([name, make], index) => ({ name, make, index })))('$name', ({ make, index }) => {
  test('the CDK\'s validator finds nothing but what is acknowledged', () => {
    const [{ pluginName, violations, suppressedViolations }, ...others] = json(join(folder, `${index}`, 'validation-report.json')).pluginReports;

    expect(others).toEqual([]);
    expect(pluginName).toBe('CloudFormation Validate'); // it ran
    expect(violations).toEqual([]);
    expect(suppressedViolations.map(({ acknowledgedId }: any) => acknowledgedId)).toEqual(['CloudFormation-Validate::W9009']);
  });

  test('a later CDK makes the same templates', () => {
    templateFiles(make()).forEach((file) => expect(json(join(folder, `${index}`, basename(file)))).toEqual(json(file)));
  });
});

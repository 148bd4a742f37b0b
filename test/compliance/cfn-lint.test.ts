import { join } from 'node:path';
import { APPS, templateFiles } from './apps';
import { FIRST_RUN, output, pythonWith } from './tools';

let cfnLint: string[];
beforeAll(async () => {
  cfnLint = [await pythonWith('cfn-lint', '1.58.0'), '-c', 'from cfnlint.runner import main; main()'];
}, FIRST_RUN);

test('cfn-lint has nothing to say about the templates, in any partition', async () => {
  const templates = Object.values(APPS).flatMap((make) => templateFiles(make()));

  expect(templates).toHaveLength(4);
  expect(await output([...cfnLint, '--config-file', join(__dirname, 'cfn-lint.yaml'), '--', ...templates])).toEqual({ stdout: '', stderr: '', code: 0 });
});

import { APPS, templateFiles } from './apps';
import { FIRST_RUN } from './tools';
import { cfnLint } from '../properties/cfn-lint';

/** One region for each partition that a template has to be valid in, and the one that has everything. */
const REGIONS = ['us-east-1', 'eu-west-1', 'us-gov-west-1', 'cn-north-1'];

test('cfn-lint has nothing to say about the templates, in any partition', async () => {
  const templates = Object.values(APPS).flatMap((make) => templateFiles(make()));

  expect(templates).toHaveLength(4);
  expect(await cfnLint(templates, REGIONS)).toEqual([]);
}, FIRST_RUN);

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeAccount } from './fake-account';
import { Build } from '../../../sandbox/delivery/build/build';
import { Builds } from '../../../sandbox/delivery/build/builds';
import { CodeBuildService } from '../../../sandbox/delivery/build/codebuild-service';
import { Reports } from '../../../sandbox/delivery/build/reports';
import { uploadReports } from '../../../sandbox/delivery/build/upload-reports';

const build = { arn: 'arn:build', project: { name: 'shop' }, reportArns: [] as string[] } as unknown as Build;
const reports = { tests: { 'files': ['**/*.xml'], 'base-directory': 'reports', 'file-format': 'JUNITXML' as const } };

let account: FakeAccount;
let source: string;

beforeEach(async () => {
  account = await FakeAccount.start();
  account.registerService('codebuild', new CodeBuildService({} as Builds, new Reports()));
  source = await mkdtemp(join(tmpdir(), 'reports-'));
  build.reportArns.length = 0;
});
afterEach(async () => {
  await account.stop();
  await rm(source, { recursive: true });
});

async function upload(required = true) {
  const caller = { endpointUrl: account.endpointUrl, credentials: await account.sessionFor('arn:aws:iam::111122223333:role/build') };
  await uploadReports(caller, build, reports, source, required);
}

const ask = (operation: string, input: object) => account.services.get('codebuild')!.handle({ operation, input, service: 'codebuild', principal: '', accessKeyId: '' });

test('sends the test cases of every file to the project\'s report group, build after build', async () => {
  await mkdir(join(source, 'reports/deep/er'), { recursive: true });
  await writeFile(join(source, 'reports/junit.xml'), '<testsuites><testcase name="a" time="0.5"/></testsuites>');
  await writeFile(join(source, 'reports/deep/er/b b.xml'), `<testsuites>${'<testcase name="b" time="1"><failure message="no"/></testcase>'.repeat(120)}</testsuites>`);
  await writeFile(join(source, 'reports/other.txt'), 'no');
  await upload();
  await upload();
  expect(build.reportArns).toHaveLength(2);
  const { reports: [report] } = await ask('BatchGetReports', { reportArns: build.reportArns });
  expect(report).toMatchObject({
    reportGroupArn: 'arn:aws:codebuild:eu-west-1:111122223333:report-group/shop-tests',
    status: 'FAILED',
    testSummary: { total: 121, statusCounts: { SUCCEEDED: 1, FAILED: 120 }, durationInNanoSeconds: 120.5e9 },
  });
  expect((await ask('DescribeTestCases', { reportArn: build.reportArns[0] })).testCases).toHaveLength(121);
  expect(account.calls.filter(({ operation }) => operation === 'BatchPutTestCases')).toHaveLength(4);
});

test('fails without a file only where the build succeeded', async () => {
  await upload(false);
  expect(account.calls).toEqual([]);
  await expect(upload()).rejects.toThrow('Report tests: no file in reports matches **/*.xml.');
});

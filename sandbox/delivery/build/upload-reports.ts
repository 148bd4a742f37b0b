import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Build } from './build';
import { Report } from './buildspec';
import { testCases } from './junit';
import { AwsError } from '../../account/contracts';
import { command } from '../command';
import { callJson, Caller } from '../signed-call';

/** BatchPutTestCases takes this many at once. */
const BATCH = 100;

/**
 * Sends the test results that a build left, as the build's role, to the report groups `<project>-<name>`.
 *
 * @throws where a report has no file, if that is required
 */
export async function uploadReports(caller: Caller, build: Build, reports: Record<string, Report>, source: string, required: boolean): Promise<void> {
  for (const [name, report] of Object.entries(reports)) {
    const files = await matchingFiles(report, source);
    if (files.length === 0 && !required) {
      continue;
    }
    if (files.length === 0) {
      throw new Error(`Report ${name}: no file in ${report['base-directory']} matches ${report.files.join(', ')}.`);
    }
    const cases = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).flatMap(testCases);
    const reportGroupArn = await reportGroup(caller, name.startsWith('arn:') ? name : `${build.project.name}-${name}`);
    const { report: { arn: reportArn } } = await callJson(caller, 'codebuild', 'CreateReport', { reportGroupArn, buildArn: build.arn });
    build.reportArns.push(reportArn);
    for (let at = 0; at < cases.length; at += BATCH) {
      await callJson(caller, 'codebuild', 'BatchPutTestCases', { reportArn, testCases: cases.slice(at, at + BATCH) });
    }
    const failed = cases.some(({ status }) => status === 'FAILED' || status === 'ERROR');
    await callJson(caller, 'codebuild', 'UpdateReport', { reportArn, status: failed ? 'FAILED' : 'SUCCEEDED' });
  }
}

async function reportGroup(caller: Caller, nameOrArn: string): Promise<string> {
  if (nameOrArn.startsWith('arn:')) {
    return nameOrArn;
  }
  try {
    return (await callJson(caller, 'codebuild', 'CreateReportGroup', { name: nameOrArn, type: 'TEST', exportConfig: { exportConfigType: 'NO_EXPORT' } })).reportGroup.arn;
  } catch (error) {
    const { code, message } = error as AwsError;
    const existing = code === 'ResourceAlreadyExistsException' && /arn:\S+/.exec(message)?.[0];
    if (!existing) {
      throw error;
    }
    return existing;
  }
}

/** Bash's patterns, in which `**` takes in any number of folders, are CodeBuild's. */
async function matchingFiles(report: Report, source: string): Promise<string[]> {
  const folder = join(source, report['base-directory']);
  const list = 'shopt -s globstar nullglob; cd "$1" 2> /dev/null || exit 0; IFS=; for file in $2; do [ -f "$file" ] && printf "%s\\0" "$file"; done; true';
  const found = await Promise.all(report.files.map((pattern) => command('bash', ['-c', list, 'bash', folder, pattern])));
  return [...new Set(found.flatMap((names) => names.split('\0')))].filter((name) => name).map((name) => join(folder, name));
}

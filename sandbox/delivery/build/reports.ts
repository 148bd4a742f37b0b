import { randomUUID } from 'node:crypto';
import { TestCase } from './junit';
import { arn } from '../../account/constants';
import { AwsError } from '../../account/contracts';
import { seconds } from '../seconds';

interface Report {
  readonly arn: string;
  readonly reportGroupArn: string;
  readonly buildArn?: string;
  readonly created: Date;
  readonly testCases: TestCase[];
  status: string;
}

/** CodeBuild's report groups and reports: the operations that a build calls, and those that show what it sent. */
export class Reports {
  private readonly groups = new Map<string, { arn: string; name: string; type: string }>();
  private readonly reports = new Map<string, Report>();

  public readonly operations: Record<string, (input: any) => object> = {
    CreateReportGroup: ({ name, type }) => ({ reportGroup: this.createGroup(name, type) }),
    BatchGetReportGroups: ({ reportGroupArns }) => ({ reportGroups: reportGroupArns.flatMap((group: string) => this.groups.get(group) ?? []) }),
    CreateReport: ({ reportGroupArn, buildArn }) => ({ report: this.describe(this.create(reportGroupArn, buildArn)) }),
    UpdateReport: ({ reportArn, status }) => {
      const report = this.find(reportArn);
      report.status = status;
      return { report: this.describe(report) };
    },
    BatchPutTestCases: ({ reportArn, testCases }) => {
      this.find(reportArn).testCases.push(...testCases);
      return {};
    },
    BatchGetReports: ({ reportArns }) => ({
      reports: reportArns.flatMap((report: string) => this.reports.has(report) ? this.describe(this.find(report)) : []),
    }),
    DescribeTestCases: ({ reportArn }) => ({ testCases: this.find(reportArn).testCases.map((one) => ({ reportArn, ...one })) }),
    ListReportsForReportGroup: ({ reportGroupArn }) => ({
      reports: [...this.reports.values()].filter((report) => report.reportGroupArn === reportGroupArn).map((report) => report.arn).reverse(),
    }),
  };

  public createGroup(name: string, type: string): { arn: string; name: string; type: string } {
    const group = { arn: arn('codebuild', `report-group/${name}`), name, type };
    if (this.groups.has(group.arn)) {
      throw new AwsError('ResourceAlreadyExistsException', `Report group already exists: ${group.arn}`);
    }
    this.groups.set(group.arn, group);
    return group;
  }

  public deleteGroup(groupArn: string): void {
    this.groups.delete(groupArn);
  }

  private create(reportGroupArn: string, buildArn?: string): Report {
    const group = this.groups.get(reportGroupArn);
    if (!group) {
      throw new AwsError('ResourceNotFoundException', `There is no report group ${reportGroupArn}.`);
    }
    const report = { arn: arn('codebuild', `report/${group.name}:${randomUUID()}`), reportGroupArn, buildArn, created: new Date(), testCases: [], status: 'GENERATING' };
    this.reports.set(report.arn, report);
    return report;
  }

  private describe({ testCases, created, buildArn, ...report }: Report): object {
    const statuses = testCases.map(({ status }) => status);
    return {
      ...report,
      type: 'TEST',
      created: seconds(created),
      executionId: buildArn,
      testSummary: {
        total: testCases.length,
        statusCounts: Object.fromEntries([...new Set(statuses)].map((status) => [status, statuses.filter((one) => one === status).length])),
        durationInNanoSeconds: testCases.reduce((sum, { durationInNanoSeconds }) => sum + durationInNanoSeconds, 0),
      },
    };
  }

  private find(reportArn: string): Report {
    const report = this.reports.get(reportArn);
    if (!report) {
      throw new AwsError('ResourceNotFoundException', `There is no report ${reportArn}.`);
    }
    return report;
  }
}

import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type Account, ACCOUNT, REGION } from '../sandbox/account';

/** A handler's function, as the template configures it */
export interface DeployedFunction {
  readonly arn: string;
  readonly roleArn: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly environment: Record<string, string>;
}

const ROLE = 'looks-at-functions';

/** The functions of the deployed template whose names match, each by its key. */
export async function deployedFunctions<Key extends string>(
  account: Account, outdir: string, names: Record<Key, RegExp>,
): Promise<Record<Key, DeployedFunction>> {
  await account.deploy(roleStack(outdir));
  const client = new LambdaClient({
    endpoint: account.endpointUrl, region: REGION, credentials: await account.sessionFor(`arn:aws:iam::${ACCOUNT}:role/${ROLE}`),
  });
  const { Functions = [] } = await client.send(new ListFunctionsCommand({ MaxItems: 1000 }));
  const found = Object.entries<RegExp>(names).map(([key, name]) => {
    const matching = Functions.filter(({ FunctionName }) => name.test(FunctionName!));
    if (matching.length !== 1) {
      throw new Error(`${matching.length} functions are named like ${name}, of ${Functions.map(({ FunctionName }) => FunctionName).join(', ')}; one is needed.`);
    }
    const [{ FunctionArn, Role, MemorySize, Timeout, Environment }] = matching;
    const environment = Environment?.Variables ?? {};
    return [key, { arn: FunctionArn, roleArn: Role, memoryMegabytes: MemorySize, timeoutSeconds: Timeout, environment }];
  });
  return Object.fromEntries(found);
}

function roleStack(outdir: string): string {
  const app = new App({ outdir, analyticsReporting: false });
  const role = new iam.Role(new Stack(app, 'BenchmarkStack'), 'Role', { roleName: ROLE, assumedBy: new iam.AccountRootPrincipal() });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:ListFunctions'], resources: ['*'] }));
  return app.synth().directory;
}

import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Part } from './part';
import type { Sandbox } from '../../../sandbox';

/** Somebody with every right in the account, from a stack of their own */
export async function administrator(sandbox: Sandbox): Promise<Part> {
  const app = new App({ outdir: join(sandbox.dir, 'administrator'), analyticsReporting: false });
  const role = new iam.Role(new Stack(app, 'AdministratorStack'), 'Administrator', { assumedBy: new iam.AccountRootPrincipal() });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['*'], resources: ['*'] }));
  await sandbox.account.deploy(app.synth().directory);
  return Part.of(sandbox, 'Administrator');
}

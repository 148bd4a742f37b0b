import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CustomResource, Fn, Stack } from 'aws-cdk-lib';
import type { Sandbox } from '../../sandbox';

/** The file that the stack manages in the infrastructure repository. */
export const NOTES = 'notes/faults.md';

/** A stack beside the platform's whose one resource is a file of the infrastructure repository; deployed again, it changes the file. */
export async function deployFile(sandbox: Sandbox, content: string): Promise<void> {
  const app = new App({ outdir: join(sandbox.dir, `files-${Date.now()}`), analyticsReporting: false });
  new CustomResource(new Stack(app, 'FilesStack'), 'Files', {
    resourceType: 'Custom::RepositoryFiles',
    serviceToken: Fn.importValue(serviceTokenExport(sandbox)),
    properties: {
      RepositoryName: 'shop-infrastructure', Branch: 'main', Managed: JSON.stringify([{ path: NOTES, content }]), Seeded: '[]', ConfirmedRemovals: '[]', Message: content,
    },
  });
  await sandbox.account.deploy(app.synth().directory);
}

function serviceTokenExport(sandbox: Sandbox): string {
  const { Outputs } = JSON.parse(readFileSync(join(sandbox.dir, 'assembly', 'ShopStack.template.json'), 'utf8'));
  const [, output] = Object.entries<any>(Outputs).find(([name]) => name.startsWith('ExportsOutputFnGetAttShopPlatformFileWriter'))!;
  return output.Export.Name;
}

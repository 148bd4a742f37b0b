import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { Sandbox } from '../../sandbox';
import { type EnvironmentOptions, GitOpsPipeline, Promotion } from '../../src';

/** What a team changes about the README's example, which has no environment beside these two and no other application */
export interface Variant {
  /** Environments between staging and production. */
  readonly between?: EnvironmentOptions[];
  readonly removedEnvironments?: string[];
  /** Whether the platform delivers one more application, `cart`. */
  readonly cart?: boolean;
}

let deployments = 0;

/** Deploys the example again, changed, as the same stack. */
export async function deployVariant(sandbox: Sandbox, { between = [], removedEnvironments, cart = false }: Variant): Promise<void> {
  const app = new App({ outdir: join(sandbox.dir, `variant-${++deployments}`), analyticsReporting: false });
  const shop = new GitOpsPipeline(new Stack(app, 'ShopStack'), 'Shop', {
    environments: [
      { environmentName: 'staging', promotion: Promotion.byTag() },
      ...between,
      { environmentName: 'production', approval: true },
    ],
    removedEnvironments,
  });
  if (cart) shop.addApplication('Cart', { environments: [{ environmentName: 'production', promotion: Promotion.byTag() }] });
  await sandbox.account.deploy(app.synth().directory);
}

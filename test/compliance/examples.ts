import { App, Stack } from 'aws-cdk-lib';
import { Application, GitOpsPipeline, GitOpsPlatform, Promotion } from '../../src';

/** What is judged: the two ways of the README, and a platform whose applications have stacks of their own. */
export const EXAMPLES: Record<string, (app: App) => void> = {
  'no props': (app) => {
    new GitOpsPipeline(new Stack(app, 'ShopStack'), 'Shop');
  },
  'staging by tag, production by approval': (app) => {
    new GitOpsPipeline(new Stack(app, 'ShopStack'), 'Shop', {
      environments: [
        { environmentName: 'staging', promotion: Promotion.byTag() },
        { environmentName: 'production', approval: true },
      ],
    });
  },
  'platform and application in stacks of their own': (app) => {
    const platform = new GitOpsPlatform(new Stack(app, 'PlatformStack'), 'Acme');
    new Application(new Stack(app, 'ShopStack'), 'Shop', { platform });
  },
};

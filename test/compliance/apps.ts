import { App, Stack } from 'aws-cdk-lib';
import { Application, GitOpsPipeline, GitOpsPlatform, Promotion } from '../../src';
import { testApp } from '../platform/test-app';

/** What is judged: the two ways of the README, and a platform whose applications have stacks of their own. */
export const APPS: Record<string, () => App> = {
  'no props': () => {
    const app = testApp();
    new GitOpsPipeline(new Stack(app, 'ShopStack'), 'Shop');
    return app;
  },
  'staging by tag, production by approval': () => {
    const app = testApp();
    new GitOpsPipeline(new Stack(app, 'ShopStack'), 'Shop', {
      environments: [
        { environmentName: 'staging', promotion: Promotion.byTag() },
        { environmentName: 'production', approval: true },
      ],
    });
    return app;
  },
  'platform and application in stacks of their own': () => {
    const app = testApp();
    const platform = new GitOpsPlatform(new Stack(app, 'PlatformStack'), 'Acme');
    new Application(new Stack(app, 'ShopStack'), 'Shop', { platform });
    return app;
  },
};

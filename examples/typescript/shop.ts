import { App, Stack } from 'aws-cdk-lib';
import { GitOpsPipeline, Promotion } from 'cdk-gitops-pipeline';

const stack = new Stack(new App(), 'ShopStack');
new GitOpsPipeline(stack, 'Shop', {
  environments: [
    { environmentName: 'staging', promotion: Promotion.byTag() },
    { environmentName: 'production', approval: true },
  ],
});

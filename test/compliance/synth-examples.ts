import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { EXAMPLES } from './examples';

// A process of its own, whose aws-cdk-lib is a later one: `<folder>` gets a folder for each example.
const [folder] = process.argv.slice(2);
Object.values(EXAMPLES).forEach((fill, index) => {
  const app = new App({ outdir: join(folder, `${index}`) });
  fill(app);
  app.synth();
});

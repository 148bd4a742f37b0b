import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { EXAMPLES } from './examples';
import { testApp } from '../platform/test-app';

/** The examples, each as an app of its own. */
export const APPS: Record<string, () => App> = Object.fromEntries(Object.entries(EXAMPLES).map(([name, fill]) => [name, () => {
  const app = testApp();
  fill(app);
  return app;
}]));

/** The files of an app's templates. */
export function templateFiles(app: App): string[] {
  const { directory } = app.synth();
  return readdirSync(directory).filter((file) => file.endsWith('.template.json')).map((file) => join(directory, file));
}

// Bundled and run by connect.test.ts.
import { connect } from '../../src/kubernetes/connect';
import type { KubernetesApi } from '../../src/kubernetes/kubernetes-api';

const [endpoint, certificateAuthority, calls] = process.argv.slice(2);

async function main(): Promise<void> {
  const api = connect({ clusterName: 'shop', endpoint, certificateAuthority, region: 'eu-west-1' });
  const results = [];
  for (const [method, ...parameters] of JSON.parse(calls) as [keyof KubernetesApi, ...any[]][]) {
    try {
      results.push({ value: await (api[method] as (...parameters: any[]) => Promise<unknown>)(...parameters) ?? null });
    } catch (error) {
      results.push({ error: { ...error as object, message: (error as Error).message } });
    }
  }
  process.stdout.write(JSON.stringify(results));
  process.exit(0); // kept connections would hold the program
}

void main();

import type { Sandbox } from '../index';

/** How to work with a run that was left running */
export function printKeepHelp(sandbox: Sandbox): void {
  console.log(`
It is still running. In another terminal:

  export KUBECONFIG=${sandbox.cluster.adminKubeconfig}
  kubectl get kustomizations --namespace flux-system

  ${sandbox.account.gitHelp('developer')}

Ctrl-C here ends it and everything that it started.`);
}

// Reads cases from stdin and writes what iam-simulate decides; the folder it is installed in is the argument.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const { runSimulation } = createRequire(join(process.argv[2], 'package.json'))('@cloud-copilot/iam-simulate');
const DECISIONS = { Allowed: 'Allow', ExplicitlyDenied: 'Deny', ImplicitlyDenied: 'ImplicitDeny' };

async function decide({ principal, account, action, resource, context, identity, boundary, resourcePolicy }) {
  const named = (policy, index) => ({ name: `policy-${index}`, policy });
  const result = await runSimulation({
    request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
    identityPolicies: identity.map(named),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy,
    permissionBoundaryPolicies: boundary && [named(boundary, 0)],
  }, {});
  if (result.resultType === 'error') throw new Error(JSON.stringify({ errors: result.errors, action, resource, identity, boundary, resourcePolicy }));
  return DECISIONS[result.overallResult];
}

const decisions = [];
for (const one of JSON.parse(await text(process.stdin))) decisions.push(await decide(one));
process.stdout.write(JSON.stringify(decisions));

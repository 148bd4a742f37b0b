import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sandbox } from '../../sandbox';
import { Shop } from '../../sandbox/scenario/shop';

/** One of the mutants that are replayed, deployed: a run must fail by it, and name what is missing. */
let dir: string;
let sandbox: Sandbox;

afterAll(async () => {
  await sandbox?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('a template without one statement of a role fails the run, which names role, action and resource', async () => {
  dir = mkdtempSync(join(tmpdir(), 'mutant-'));
  sandbox = await Sandbox.start({ dir, nodes: 'kwok' });
  let removed = 0;
  const shop = await Shop.deploy(sandbox, undefined, ({ Resources }) => {
    const { Policies } = Resources[Object.keys(Resources).find((id) => /^ShopPlatformDeployerRole[0-9A-F]{8}$/.test(id))!].Properties;
    for (const { PolicyDocument } of Policies ?? []) removed += removeStatement(PolicyDocument);
    for (const [id, { Properties }] of Object.entries<any>(Resources)) {
      if (/^ShopPlatformDeployerRoleDefaultPolicy/.test(id)) removed += removeStatement(Properties.PolicyDocument);
    }
  });
  expect(removed).toBe(1);

  const { status, hops } = await shop.firstDelivery();
  expect(status).toBe('Failed');
  expect(hops.find((hop) => hop.status === 'Failed')?.summary).toMatch(/codecommit:CreateCommit/);
  const refused = sandbox.account.calls.filter(({ allowed }) => !allowed);
  expect(refused[0]).toMatchObject({
    principal: expect.stringContaining('ShopStack-ShopPlatformDeployerRole'),
    action: 'codecommit:CreateCommit',
    resources: [expect.stringMatching(/:shop-infrastructure$/)],
  });
}, 45 * 60_000);

function removeStatement(document: { Statement: { Action: unknown }[] }): number {
  const before = document.Statement.length;
  document.Statement = document.Statement.filter(({ Action }) => Action !== 'codecommit:CreateCommit');
  return before - document.Statement.length;
}

import { App } from 'aws-cdk-lib';
import { CHECKOV_SKIPS } from './checkov-skips';
import { judge, PACKS, Verdict } from './rule-packs';

/** The tables of docs/security.md that follow from the constructs' acknowledgements. */
export function securityTables(app: App): string {
  const verdicts = Object.entries(PACKS).map(([pack, make]) => ({ pack, found: judge(app, make()) }));
  const rows = new Map<string, { rule: string; packs: Set<string>; paths: Set<string>; reason: string }>();
  verdicts.forEach(({ pack, found }) => found.forEach((verdict) => {
    const rule = ruleOf(verdict);
    const reason = verdict.reason ?? 'nobody said why';
    const row = rows.get(rule + reason) ?? { rule, packs: new Set(), paths: new Set(), reason };
    row.packs.add(pack);
    row.paths.add(verdict.path);
    rows.set(rule + reason, row);
  }));
  return [
    table(['pack', 'rules', 'findings acknowledged', 'open'], verdicts.map(({ pack, found }) => [
      pack, distinct(found.map(ruleOf)), found.length, found.filter(({ reason }) => reason === undefined).length,
    ])),
    table(['rule', 'packs', 'resources', 'why it stays'], [...rows.values()].map(({ rule, packs, paths, reason }) => [
      `\`${rule}\``, [...packs].join(', '), paths.size, reason,
    ])),
    table(['checkov', 'why it stays'], Object.entries(CHECKOV_SKIPS)),
  ].join('\n\n');
}

/** The rule without its pack, and logical ids without their hashes. */
function ruleOf({ id }: Verdict): string {
  return id.replace(/^[A-Za-z]+(\.[A-Za-z0-9]+)*-/, '').replace(/(<[A-Za-z0-9]+?)[0-9A-F]{8}(?=[.>])/g, '$1');
}

function distinct(values: string[]): number {
  return new Set(values).size;
}

function table(head: string[], rows: (string | number)[][]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

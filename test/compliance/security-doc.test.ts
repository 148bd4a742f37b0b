import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS } from './apps';
import { securityTables } from './security-tables';

const ROOT = join(__dirname, '../..');
const FILE = join(ROOT, 'docs/security.md');
const BEGIN = '<!-- written by UPDATE_DOCS=1 npx jest test/compliance/security-doc -->';
const END = '<!-- up to here -->';

test('the tables of docs/security.md are those of the constructs', () => {
  const text = readFileSync(FILE, 'utf8');
  const [before, rest] = text.split(`${BEGIN}\n`);
  const [, after] = rest.split(END);
  const tables = securityTables(APPS['staging by tag, production by approval']());
  if (process.env.UPDATE_DOCS === '1') {
    writeFileSync(FILE, `${before}${BEGIN}\n\n${tables}\n\n${END}${after}`);
  }

  // stale? UPDATE_DOCS=1 npx jest test/compliance/security-doc
  expect(readFileSync(FILE, 'utf8')).toBe(`${before}${BEGIN}\n\n${tables}\n\n${END}${after}`);
});

test('every test that docs/security.md names exists', () => {
  const named = [...readFileSync(FILE, 'utf8').matchAll(/\(\.\.\/(test\/[\w./-]+)\)/g)].map(([, file]) => file);

  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

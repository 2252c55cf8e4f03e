// Whether what docs/promises.md names is there.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@playwright/test';

const tests = join(import.meta.dirname, '..');

test('every promise of the pages has a test of that title', () => {
  const specs = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.spec.ts'));
  const written = specs.map((file) => readFileSync(join(tests, file), 'utf8')).join('\n');
  // Those that are left out are called test.skip and the like; a template stands for several.
  const titles = [...written.matchAll(/^ *test\(\s*(["'`])(.*?)\1,/gm)].map(([, , title = '']) => title);
  const rows = readFileSync(join(tests, '../docs/promises.md'), 'utf8').split('\n').filter((line) => /^\| [^-]/.test(line));
  const named = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title));
  expect(named.length).toBeGreaterThan(60);
  const isThere = (title: string) => titles.some((known) => known === title || (known.includes('${') && known.startsWith(title)));
  expect(named.filter((title) => !isThere(title))).toEqual([]);
});

// The check at the end of a run: it finds promises whose tests were skipped or expect nothing.
import type { TestCase } from '@playwright/test/reporter';

import { expect, test } from '@playwright/test';
import { broken, covered, promises } from '../promises.mjs';

const ran = (title: string, status: string, steps: object[]) => ({ title, results: [{ status, steps }] }) as TestCase;
const expecting = [{ category: 'hook', steps: [{ category: 'expect', steps: [] }] }];
const rows = [{ promise: 'It is heard', titles: ['a tone is heard', 'it is heard over'] }];

test('a promise is kept where its tests passed and expected something', () => {
  const tests = [ran('a tone is heard', 'passed', expecting), ran('it is heard over tcp', 'passed', expecting)];
  expect(broken(rows, tests)).toEqual([]);
});

test('a promise is broken where a test was skipped or expects nothing', () => {
  const other = ran('it is heard over tcp', 'passed', expecting);
  expect(broken(rows, [other, ran('a tone is heard', 'skipped', [])])).toHaveLength(1);
  expect(broken(rows, [other, ran('a tone is heard', 'passed', [])])).toHaveLength(1);
  expect(broken([{ promise: 'It is heard', titles: [] }], [other])).toHaveLength(1);
});

test('a run is checked only for its own tests', () => {
  expect(broken(rows, [ran('it is heard over tcp', 'passed', expecting)])).toEqual([]);
});

test('every row of docs/promises.md names tests', () => {
  expect(promises().filter(({ titles }) => titles.length === 0)).toEqual([]);
  expect(promises().length).toBeGreaterThan(20);
});

test('the browser tests in docs/coverage.md are found by their titles', () => {
  const table = [
    '| id | capability | what holds | tests |',
    '| --- | --- | --- | --- |',
    '| `people-1` | They come | `MAX` | `a/b.rs: one_comes`, `end2end/c.spec.ts: it’s "two": three` |',
    '| `people-2` | They go | at once | `a/b.rs: one_goes` |',
  ];
  expect(covered(table.join('\n'))).toEqual([{ promise: 'They come', titles: ['it’s "two": three'] }]);
  expect(covered().length).toBeGreaterThan(20);
});

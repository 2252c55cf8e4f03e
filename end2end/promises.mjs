// Fails a run in which a browser test that docs/promises.md or docs/coverage.md names was skipped or expected nothing. That there are these
// tests is checked in tests/structure/coverage.rs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('@playwright/test/reporter').Suite} Suite */
/** @typedef {import('@playwright/test/reporter').TestCase} TestCase */
/** @typedef {import('@playwright/test/reporter').TestResult} TestResult */
/** @typedef {import('@playwright/test/reporter').TestStep} TestStep */
/** @typedef {{ promise: string, titles: string[] }} Row A promise and the tests that stand behind it. */

/** @param {string} file */
const read = (file) => readFileSync(join(import.meta.dirname, '../docs', file), 'utf8');

/** The rows of the document's tables. @returns {Row[]} */
export function promises(text = read('promises.md')) {
  const rows = text.split('\n').filter((line) => /^\| (?!---|promise )/.test(line));
  return rows.map((row) => {
    const [, promise = '', tests = ''] = row.split('|').map((cell) => cell.trim());
    return { promise, titles: [...tests.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title) };
  });
}

/** The rows of docs/coverage.md that name browser tests, by their files and titles. @returns {Row[]} */
export function covered(text = read('coverage.md')) {
  const rows = text.split('\n').filter((line) => /^\| `[a-z]+-\d+` \|/.test(line));
  const named = rows.map((row) => {
    const titles = [...row.matchAll(/`end2end\/[^`:]+: ([^`]+)`/g)].map(([, title = '']) => title);
    return { promise: row.split('|')[2]?.trim() ?? '', titles };
  });
  return named.filter(({ titles }) => titles.length > 0);
}

/** Whether a test is the one that is named; a name ends early where a title goes on with a value. @param {string} title @param {string} name */
const isNamed = (title, name) => title === name || title.startsWith(`${name.trimEnd()} `);

/** Whether a step, or one inside it, expects something. @param {TestStep} step @returns {boolean} */
const expects = (step) => step.category === 'expect' || step.steps.some(expects);

/** @param {TestCase} test */
const passed = (test) => test.results.some((result) => result.status === 'passed' && result.steps.some(expects));

/** What is wrong with the rows, given the tests that ran. @param {Row[]} rows @param {TestCase[]} tests */
export function broken(rows, tests) {
  const problems = [];
  for (const { promise, titles } of rows) {
    if (titles.length === 0) problems.push(`no test is named for "${promise}"`);
    for (const name of titles) {
      const named = tests.filter(({ title }) => isNamed(title, name));
      for (const test of named) {
        // A test that fails is reported as such.
        const failed = test.results.some(({ status }) => status !== 'passed' && status !== 'skipped');
        if (!failed && !passed(test)) problems.push(`"${test.title}" was skipped or expects nothing`);
      }
    }
  }
  return problems;
}

export default class Promises {
  /** @type {Suite | undefined} */
  #suite;

  /** @param {unknown} _config @param {Suite} suite */
  onBegin(_config, suite) {
    this.#suite = suite;
  }

  onEnd() {
    const rows = [...promises(), ...covered()];
    const problems = rows.length > 100 ? broken(rows, this.#suite?.allTests() ?? []) : ['the documents have no rows'];
    if (problems.length === 0) return undefined;
    process.stderr.write(`\nPromises without a test (docs/promises.md, docs/coverage.md):\n${problems.map((line) => `  ${line}\n`).join('')}`);
    return /** @type {{ status: 'failed' }} */ ({ status: 'failed' });
  }

  printsToStdio() {
    return false;
  }
}

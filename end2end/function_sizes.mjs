// Refuses functions of more than 60 lines here and in the folders below. The body of a `describe` is no function: it only
// holds tests together.

import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const MOST_LINES = 60;
const folder = fileURLToPath(new URL('.', import.meta.url));

/** @param {ts.Node} node */
function isDescribed(node) {
  const call = node.parent;
  return ts.isCallExpression(call) && /(^|\.)describe(\.|$)/.test(call.expression.getText());
}

/**
 * The functions of a file that have too many lines.
 * @param {string} path
 */
function longFunctions(path) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  /** @param {number} position */
  const line = (position) => source.getLineAndCharacterOfPosition(position).line + 1;
  /** @type {string[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    const [first, last] = [line(node.getStart()), line(node.getEnd())];
    const lines = last - first + 1;
    if (ts.isFunctionLike(node) && lines > MOST_LINES && !isDescribed(node)) {
      found.push(`${relative(process.cwd(), path)}:${first}: a function of ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|mjs)$/.test(file));
const long = files.sort().flatMap((file) => longFunctions(join(folder, file)));
if (files.length === 0 || long.length > 0) {
  console.error([`functions of more than ${MOST_LINES} lines, in ${files.length} files:`, ...long].join('\n'));
  process.exit(1);
}

// Prints what YAML and TOML files hold, as JSON: for each file, the list of its documents.
//
//   node .ci/parsed.mjs FILE...
import * as fs from "node:fs";

import { parse } from "smol-toml";
import { parseAllDocuments } from "yaml";

/** The documents of a YAML file. What the parser finds wrong is thrown. */
function documents(text) {
  return parseAllDocuments(text).map((document) => {
    for (const problem of [...document.errors, ...document.warnings]) throw problem;
    return document.toJS();
  });
}

const files = process.argv.slice(2).map((file) => {
  const text = fs.readFileSync(file, "utf8");
  try {
    return file.endsWith(".toml") ? [parse(text)] : documents(text);
  } catch (error) {
    throw new Error(`${file}: ${error.message}`);
  }
});
console.log(JSON.stringify(files));

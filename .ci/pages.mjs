// Splits the WebAssembly by page, and gives the pieces names that carry the hash of their content.
//
// What only one page needs becomes `split_PAGE.wasm`, what several but not all need becomes `chunk_N.wasm`, and a script
// loads them when they are called for. A manifest tells the server which files belong to which page, so that the HTML can
// name them.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

const LOADER = "__wasm_split";
const MANIFEST = "__wasm_split_manifest";

/** The hash cargo-leptos puts into file names. It tells versions apart and guards nothing. */
export const hashOf = (bytes) => createHash("md5").update(bytes).digest("base64url");

const run = (program, ...args) => execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
const wasmIn = (dir) => fs.readdirSync(dir).filter((file) => path.extname(file) === ".wasm").sort();
const snippetsIn = (dir) => {
  const below = fs.readdirSync(dir, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const files = below.map((entry) => path.relative(dir, path.join(entry.parentPath ?? entry.path, entry.name)));
  return files.filter((file) => file.startsWith(`snippets${path.sep}`)).sort();
};
const textOf = (...file) => fs.readFileSync(path.join(...file), "utf8");

/** Makes `name`.js, its loader and all WebAssembly in `dir` out of the one file that cargo built; without `optimise` as it is. */
export function makePages(wasmSource, dir, name, optimise) {
  run("wasm-split-cli", "--out-name", name, wasmSource, dir);
  // Pieces find each other by what the linker exports and by the names the compiler gave.
  const keep = ["--keep-lld-exports", "--no-demangle"];
  run("wasm-bindgen", "--target=web", "--no-typescript", ...keep, `--out-name=${name}`, `--out-dir=${dir}`, path.join(dir, `${name}.wasm`));
  fs.renameSync(path.join(dir, `${name}_bg.wasm`), path.join(dir, `${name}.wasm`));
  if (!optimise) return;
  for (const file of wasmIn(dir)) run("wasm-opt", ...optimise, path.join(dir, file), "-o", path.join(dir, file));
  const script = path.join(dir, `${name}.js`);
  run("esbuild", script, "--minify", "--format=esm", "--target=esnext", "--log-level=error", "--allow-overwrite", `--outfile=${script}`);
}

/**
 * What `makePages` made, by name with hash, and the lines that hash.txt has for it. The two scripts import each other, so
 * one hash over both is in the names of both.
 */
export function namePages(dir, name) {
  const files = new Map();
  const stems = new Map();
  for (const file of wasmIn(dir)) {
    const bytes = fs.readFileSync(path.join(dir, file));
    const { name: stem } = path.parse(file);
    stems.set(stem, `${stem}.${hashOf(bytes)}`);
    files.set(`${stems.get(stem)}.wasm`, bytes);
  }
  let loader = textOf(dir, `${LOADER}.js`);
  for (const [stem, hashed] of stems) loader = loader.replaceAll(`"./${stem}.wasm"`, `"./${hashed}.wasm"`);
  const script = textOf(dir, `${name}.js`);
  const both = hashOfScripts(script, loader);
  // The name of the import itself stands in the WebAssembly; only the place it comes from is renamed.
  files.set(`${name}.${both}.js`, Buffer.from(script.replaceAll(new RegExp(`(from ?)"\\./${LOADER}\\.js"`, "g"), `$1"./${LOADER}.${both}.js"`)));
  files.set(`${LOADER}.${both}.js`, Buffer.from(loader.replace(`from "./${name}.js"`, `from "./${name}.${both}.js"`)));
  // Snippets are imported by their own names.
  for (const file of snippetsIn(dir)) files.set(file, fs.readFileSync(path.join(dir, file)));
  const manifest = Buffer.from(JSON.stringify(filesOfPages(loader)));
  files.set(`${MANIFEST}.${hashOf(manifest)}.json`, manifest);
  const wasm = stems.get(name).slice(name.length + 1);
  return { files, hashes: { js: both, wasm, manifest: hashOf(manifest), split: both } };
}

/** The way they are renamed counts, too: the same scripts renamed in another way are other files. */
const hashOfScripts = (script, loader) => hashOf(`${script}\0${loader}\0${namePages}`);

/** Page to the stems of the files it needs, as the loader has them. */
function filesOfPages(loader) {
  const chunks = new Map([...loader.matchAll(/^const (__chunk_\d+) = [^;]*?"\.\/(.*)\.wasm"/gm)].map(([, chunk, stem]) => [chunk, stem]));
  const pages = loader.split(/^export const __wasm_split_load_/m).slice(1).map((text) => {
    const [, page] = /^(\w+) = /.exec(text);
    const own = [...text.matchAll(/"\.\/(.*)\.wasm"/g)].map(([, stem]) => stem);
    const shared = [...text.matchAll(/__chunk_\d+/g)].map(([chunk]) => chunks.get(chunk));
    return [page, [...shared, ...own]];
  });
  return Object.fromEntries(pages);
}

/** What is wrong with the names in `pkgDir`, as sentences. */
export function faultsOfPages(pkgDir, name, hashes) {
  const file = (stem, hash, kind) => path.join(pkgDir, `${stem}.${hash}.${kind}`);
  const named = [file(name, hashes.js, "js"), file(LOADER, hashes.split, "js"), file(MANIFEST, hashes.manifest, "json")];
  const missing = named.filter((named) => !fs.existsSync(named));
  if (missing.length) return missing.map((missing) => `hash.txt names ${missing}, which is missing`);
  const [script, loader, manifest] = named.map((named) => textOf(named));
  const bare = (text) => text.replaceAll(`.${hashes.js}.js"`, '.js"');
  const faults = [];
  if (hashOfScripts(bare(script), bare(loader)) !== hashes.js) faults.push(`${named[0]} does not have the content its name says`);
  if (JSON.stringify(filesOfPages(loader)) !== manifest) faults.push(`${named[2]} does not say what the loader does`);
  const stems = new Set([`${name}.${hashes.wasm}`, ...Object.values(JSON.parse(manifest)).flat()]);
  return [...faults, ...[...stems].flatMap((stem) => faultsOfWasm(path.join(pkgDir, `${stem}.wasm`)))];
}

function faultsOfWasm(file) {
  if (!fs.existsSync(file)) return [`${file} is named and missing`];
  const bytes = fs.readFileSync(file);
  if (!path.basename(file).includes(`.${hashOf(bytes)}.`)) return [`${file} does not have the content its name says`];
  return WebAssembly.validate(bytes) ? [] : [`${file} is not valid WebAssembly`];
}

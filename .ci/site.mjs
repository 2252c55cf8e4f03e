// Turns what cargo built into the site folder that the server serves, and checks such a folder.
//
//   node .ci/site.mjs build TARGET_DIR WASM SERVER_DIR PROFILE    makes TARGET_DIR/site and SERVER_DIR/hash.txt
//   node .ci/site.mjs check TARGET_DIR WASM SERVER_DIR PROFILE    fails with what is missing or does not agree
//
// With the profile `quick`, the code is not shrunk, and its copies are compressed less. SPLIT_AND_BIND names the program in tools/.
// Names, hashes and settings are those of `cargo leptos build`, read from the same block of Cargo.toml. A step whose
// inputs are the same bytes as last time is left out. It must not decide anything about what stands on the pages.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import * as zlib from "node:zlib";

import { faultsOfPages, hashOf, makePages, namePages } from "./pages.mjs";

const [verb, targetDir, wasmSource, serverDir, profile] = process.argv.slice(2);
const metadata = JSON.parse(execFileSync("cargo", ["metadata", "--no-deps", "--format-version=1"], { maxBuffer: 1 << 26 }));
const settings = metadata.metadata.leptos[0];
const name = settings["output-name"];
const siteDir = path.join(targetDir, "site");
const pkgDir = path.join(siteDir, settings["site-pkg-dir"]);
const stagingDir = path.join(targetDir, "site-staging");
const hashFile = path.join(serverDir, "hash.txt");
const isQuick = profile === "quick";

/** Formats that are not compressed already. */
const COMPRESSIBLE = new Set(
  [".css", ".html", ".ico", ".js", ".json", ".map", ".mjs", ".otf", ".svg", ".ttf", ".txt", ".wasm", ".webmanifest", ".xml"],
);
/** Below this a compressed copy saves no packet. */
const MIN_COMPRESSED_BYTES = 1024;
/** What hash.txt names, in its order. */
const HASHED = ["js", "wasm", "css", "manifest", "split"];
const ENCODINGS = {
  ".br": {
    encode: (bytes) =>
      promisify(zlib.brotliCompress)(bytes, {
        params: { [zlib.constants.BROTLI_PARAM_QUALITY]: isQuick ? 1 : 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      }),
    decode: zlib.brotliDecompressSync,
  },
  ".gz": { encode: (bytes) => promisify(zlib.gzip)(bytes, { level: isQuick ? 1 : 9 }), decode: zlib.gunzipSync },
};

const isCompressible = (file, bytes) => COMPRESSIBLE.has(path.extname(file)) && bytes.length >= MIN_COMPRESSED_BYTES;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/** Every file below `dir`, as paths relative to it. */
function filesBelow(dir) {
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** A digest over files and settings: what a step depends on. */
function fingerprint(files, ...rest) {
  const digest = createHash("sha256").update(JSON.stringify(rest));
  for (const file of files) digest.update(`\0${file}\0`).update(fs.readFileSync(file));
  return digest.digest("hex");
}

/** Runs `step` into a fresh `dir` unless the folder stands there already, made from the same inputs. */
async function stage(title, dir, inputs, step) {
  const stamp = `${dir}.inputs`;
  if (fs.existsSync(dir) && fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === inputs) return;
  console.log(`   ${title}`);
  fs.rmSync(stamp, { force: true });
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  await step();
  fs.writeFileSync(stamp, inputs);
}

/** Replaces a file whole, so that a running server never reads half of one. */
function writeWhole(file, bytes) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.part`, bytes);
  fs.renameSync(`${file}.part`, file);
}

const lockOf = (file) => fs.readFileSync(file, "utf8");

async function stageWasm() {
  const dir = path.join(stagingDir, "wasm");
  const options = settings["wasm-opt-features"];
  const inputs = fingerprint([wasmSource, ".ci/pages.mjs", ".ci/loader.js"], options, lockOf("Cargo.lock"), lockOf("package-lock.json"));
  const title = isQuick ? "pieces of WebAssembly" : "pieces of WebAssembly, shrunk";
  await stage(title, dir, inputs, () => makePages(wasmSource, dir, name, options, !isQuick));
  return dir;
}

async function stageStyle() {
  const dir = path.join(stagingDir, "style");
  const input = settings["tailwind-input-file"];
  // The folders in which classes are named; style/main.css tells Tailwind the same.
  const sources = [path.dirname(input), "app/src"].flatMap((below) => filesBelow(below).map((file) => path.join(below, file)));
  await stage("Tailwind", dir, fingerprint(sources, lockOf("package-lock.json")), () => {
    const output = path.join(dir, `${name}.css`);
    try {
      execFileSync("tailwindcss", ["--input", input, "--output", output, "--minify"], { stdio: "pipe" });
    } catch (fault) {
      throw new Error(`Tailwind failed:\n${fault.stderr}`);
    }
  });
  return dir;
}

/** The site's uncompressed files, path to bytes, and what hash.txt has for each kind. */
function collect(wasmDir, styleDir) {
  const pages = namePages(wasmDir, name);
  const style = fs.readFileSync(path.join(styleDir, `${name}.css`));
  const hashes = { ...pages.hashes, css: hashOf(style) };
  const files = new Map();
  for (const file of filesBelow(settings["assets-dir"])) {
    files.set(file, fs.readFileSync(path.join(settings["assets-dir"], file)));
  }
  const inPkg = (file) => path.join(settings["site-pkg-dir"], file);
  for (const [file, bytes] of pages.files) files.set(inPkg(file), bytes);
  files.set(inPkg(`${name}.${hashes.css}.css`), style);
  return { files, hashes };
}

/** Writes one file with its compressed copies, unless the site has it. Returns the names it takes up. */
async function place(file, bytes) {
  const full = path.join(siteDir, file);
  const copies = isCompressible(file, bytes) ? Object.keys(ENCODINGS) : [];
  const isThere = fs.existsSync(full) && fs.readFileSync(full).equals(bytes) && copies.every((copy) => fs.existsSync(full + copy));
  if (!isThere) {
    await Promise.all(copies.map(async (copy) => writeWhole(full + copy, await ENCODINGS[copy].encode(bytes))));
    writeWhole(full, bytes);
  }
  return [file, ...copies.map((copy) => file + copy)];
}

async function build() {
  const { files, hashes } = collect(await stageWasm(), await stageStyle());
  const kept = new Set((await Promise.all([...files].map(([file, bytes]) => place(file, bytes)))).flat());
  writeWhole(hashFile, HASHED.map((kind) => `${kind}: ${hashes[kind]}\n`).join(""));
  for (const file of filesBelow(siteDir)) {
    if (!kept.has(file)) fs.rmSync(path.join(siteDir, file));
  }
  report();
}

function report() {
  for (const file of filesBelow(pkgDir).filter((file) => !(path.extname(file) in ENCODINGS))) {
    const full = path.join(pkgDir, file);
    const brotli = fs.existsSync(`${full}.br`) ? `, ${kilobytes(fs.statSync(`${full}.br`).size)} as brotli` : "";
    console.log(`   ${file} ${kilobytes(fs.statSync(full).size)}${brotli}`);
  }
}

/** Everything that is wrong with the site, as sentences. */
function faults() {
  if (!fs.existsSync(hashFile)) return [`${hashFile} is missing`];
  const hashes = Object.fromEntries(fs.readFileSync(hashFile, "utf8").trim().split("\n").map((line) => line.split(": ")));
  const found = faultsOfPages(pkgDir, name, hashes);
  const style = path.join(pkgDir, `${name}.${hashes.css}.css`);
  if (!fs.existsSync(style)) found.push(`hash.txt names ${style}, which is missing`);
  else if (hashOf(fs.readFileSync(style)) !== hashes.css) found.push(`${style} does not have the content its name says`);
  for (const file of filesBelow(settings["assets-dir"])) {
    const copy = path.join(siteDir, file);
    if (!fs.existsSync(copy)) found.push(`${copy} is missing`);
    else if (!fs.readFileSync(copy).equals(fs.readFileSync(path.join(settings["assets-dir"], file)))) found.push(`${copy} is stale`);
  }
  return [...found, ...filesBelow(siteDir).flatMap((file) => faultsOfCopies(path.join(siteDir, file)))];
}

function faultsOfCopies(file) {
  const extension = path.extname(file);
  if (extension in ENCODINGS) return fs.existsSync(file.slice(0, -extension.length)) ? [] : [`${file} has no original`];
  const bytes = fs.readFileSync(file);
  if (!isCompressible(file, bytes)) return [];
  return Object.entries(ENCODINGS).flatMap(([copy, { decode }]) => {
    if (!fs.existsSync(file + copy)) return [`${file + copy} is missing`];
    try {
      return decode(fs.readFileSync(file + copy)).equals(bytes) ? [] : [`${file + copy} decodes to something else`];
    } catch (fault) {
      return [`${file + copy} does not decode: ${fault.message}`];
    }
  });
}

if (verb === "build") {
  await build();
} else {
  const found = faults();
  for (const fault of found) console.error(`   ${fault}`);
  console.log(found.length ? "   the site is not sound" : `   ${filesBelow(siteDir).length} files, all sound`);
  process.exitCode = found.length ? 1 : 0;
}

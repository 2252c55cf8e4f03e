// Splits the WebAssembly into the pieces that the code names, and gives them names that carry the hash of their content.
//
// The splitter makes a file for each set of pieces that share code, which would be dozens. They are merged: what a piece
// shares with one that is loaded before it anyway belongs to that one, and what the room client and the frame share is in
// everybody's file. A script loads the pieces when they are called for. A manifest tells the server which files a piece
// needs, so that the HTML can name them.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";

const LOADER = "__wasm_split";
const MANIFEST = "__wasm_split_manifest";

/** The hash cargo-leptos puts into file names. It tells versions apart and guards nothing. */
export const hashOf = (bytes) => createHash("md5").update(bytes).digest("base64url");

/** What the program prints. What it has to say beside that is in the error, should it fail. */
const run = async (program, ...args) => (await promisify(execFile)(program, args, { maxBuffer: 1 << 30 })).stdout;
const wasmIn = (dir) => fs.readdirSync(dir).filter((file) => path.extname(file) === ".wasm").sort();
const snippetsIn = (dir) => {
  const below = fs.readdirSync(dir, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const files = below.map((entry) => path.relative(dir, path.join(entry.parentPath ?? entry.path, entry.name)));
  return files.filter((file) => file.startsWith(`snippets${path.sep}`)).sort();
};
const textOf = (...file) => fs.readFileSync(path.join(...file), "utf8");

/** What is loaded before a piece, because pages that have the one have the other. */
const BEFORE = {
  client: [],
  frame: [],
  room: ["frame"],
  devices: ["client"],
  listen: ["client", "frame"],
  host: ["client", "devices", "frame"],
  lounge: ["client", "frame"],
  extras: ["client", "frame", "lounge"],
  sound: ["client", "frame", "lounge"],
  sharing: ["client", "devices", "frame", "lounge", "sound"],
  trace: ["client", "frame"],
  stream: ["client"],
  programs: ["frame"],
};
/** What pages share that nothing before them has. A file goes to the first in which all pieces that need it are named. */
const SHARED = {
  invitation: ["host", "extras"],
  controls: ["host", "sharing"],
  owned: ["host", "lounge", "programs"],
  hearing: ["listen", "host", "sound", "sharing"],
  pages: ["listen", "host", "lounge", "programs"],
  broadcast: ["room", "listen", "host", "sound", "sharing"],
  shared: ["room", "listen", "host", "lounge", "programs"],
  dialogs: ["listen", "host", "programs", "extras", "sound", "sharing"],
};

/**
 * The splitter's files call each other through the table of functions. Where both are in one piece now, a call can be direct: each piece
 * fills places of its own, and nothing changes them later.
 */
const DIRECT_CALLS = ["--directize", "--pass-arg=directize-initial-contents-immutable"];

/**
 * Makes `name`.js, its loader and all WebAssembly in `dir` out of the one file that cargo built. `options` are told to wasm-opt,
 * which is left out unless the code is to shrink.
 */
export async function makePages(wasmSource, dir, name, options, shrinks) {
  await run(process.env.SPLIT_AND_BIND, wasmSource, name, dir);
  const [wasm, glue] = [path.join(dir, `${name}.wasm`), path.join(dir, `${name}.js`)];
  shortenImports(wasm, glue);
  dropStreams(wasm, glue);
  // Merging has to know what the compiler uses.
  await mergePieces(dir, name, options.filter((option) => option.startsWith("--enable-")));
  const shrink = (file) => {
    // Everybody's file has nothing yet in the places of the pieces, which comes to be there later.
    const calls = file === `${name}.wasm` ? [] : DIRECT_CALLS;
    return run("wasm-opt", ...calls, ...options, path.join(dir, file), "-o", path.join(dir, file));
  };
  if (shrinks) await Promise.all(wasmIn(dir).map(shrink));
  const script = path.join(dir, `${name}.js`);
  await run("esbuild", script, "--minify", "--format=esm", "--target=esnext", "--log-level=error", "--allow-overwrite", `--outfile=${script}`);
}

/** Gives the functions that the script hands to the WebAssembly short names in both: theirs are long and hold hashes. */
function shortenImports(wasm, script) {
  const bytes = fs.readFileSync(wasm);
  const names = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  const long = names.filter((name) => /^__wb(g|indgen)_/.test(name));
  const short = new Map(long.map((name, place) => [name, `_${place.toString(36)}`]));
  fs.writeFileSync(wasm, withRenamedImports(bytes, short));
  fs.writeFileSync(script, fs.readFileSync(script, "utf8").replace(/\b__wb(?:g|indgen)_\w+(?=:)/g, (name) => short.get(name) ?? name));
}

/** The module with other names of imports (WebAssembly Core, section 5.5.5). Names here are shorter than 128 bytes. */
function withRenamedImports(bytes, names) {
  const IMPORTS = 2;
  return withSection(bytes, IMPORTS, (content) => {
    let section = content.toString("latin1");
    for (const [long, short] of names) {
      const sized = (name) => String.fromCharCode(name.length) + name;
      section = section.replace(sized(long), () => sized(short));
    }
    return Buffer.from(section, "latin1");
  });
}

/**
 * Takes away what the script could call of `wasm-streams`, and the classes that would. The server functions of Leptos bring that crate
 * along for answers that are streams, and no answer here is one. Nothing else keeps the code behind it.
 */
function dropStreams(wasm, glue) {
  const EXPORTS = 7;
  const isOfStreams = (name) => /^(__wbg_)?intounderlying/.test(name);
  const kept = (content) => {
    const [count, first] = readNumber(content, 0);
    const entries = [];
    for (let at = first; entries.length < count; ) {
      const [length, name] = readNumber(content, at);
      const [, end] = readNumber(content, name + length + 1);
      entries.push({ name: content.toString("utf8", name, name + length), bytes: content.subarray(at, end) });
      at = end;
    }
    const others = entries.filter(({ name }) => !isOfStreams(name));
    return Buffer.concat([writeNumber(others.length), ...others.map(({ bytes }) => bytes)]);
  };
  fs.writeFileSync(wasm, withSection(fs.readFileSync(wasm), EXPORTS, kept));
  const classes = /^export class IntoUnderlying\w+ \{\n[^]*?^\}\n(if \(Symbol\.dispose\) .*\n)?|^const IntoUnderlying\w+Finalization =[^;]*?;\n/gm;
  fs.writeFileSync(glue, fs.readFileSync(glue, "utf8").replace(classes, ""));
}

/** The module with another content of its section `kind` (WebAssembly Core, section 5.5.2). */
function withSection(bytes, kind, change) {
  let at = 8;
  while (bytes[at] !== kind) {
    const [length, start] = readNumber(bytes, at + 1);
    at = start + length;
  }
  const [length, start] = readNumber(bytes, at + 1);
  const content = change(bytes.subarray(start, start + length));
  return Buffer.concat([bytes.subarray(0, at + 1), writeNumber(content.length), content, bytes.subarray(start + length)]);
}

/** An unsigned number in LEB128, and the place behind it. */
function readNumber(bytes, at) {
  let [number, shift] = [0, 0];
  for (; ; shift += 7) {
    const byte = bytes[at++];
    number += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [number, at];
  }
}

function writeNumber(number) {
  const bytes = [];
  for (; number >= 0x80; number = Math.floor(number / 0x80)) bytes.push((number & 0x7f) | 0x80);
  return Buffer.from([...bytes, number]);
}

/** The piece that a file of the splitter goes to, by the pieces that need it; nothing for everybody's. */
function homeOf(pieces) {
  const first = pieces.filter((piece) => !BEFORE[piece].some((before) => pieces.includes(before)));
  if (first.includes("client") && first.includes("frame")) return undefined;
  const base = ["client", "frame"].find((base) => first.includes(base));
  // A page that does not load this base shares code with it: only everybody's file is there for both.
  if (base) return first.length === 1 ? base : undefined;
  const shared = (pieces) => (pieces.length === 1 ? pieces[0] : Object.keys(SHARED).find((shared) => pieces.every((piece) => SHARED[shared].includes(piece))));
  // What comes later to a lounge finds there what it has in common with other pages.
  return shared(first) ?? shared([...new Set(first.map((piece) => (BEFORE[piece].includes("lounge") ? "lounge" : piece)))]);
}

/** Merges the splitter's files by piece, and writes the loader for them. */
async function mergePieces(dir, name, features) {
  const needed = filesOfPages(textOf(dir, `${LOADER}.js`));
  const unknown = Object.keys(needed).filter((piece) => !(piece in BEFORE));
  if (unknown.length) throw new Error(`say in .ci/pages.mjs what is loaded before ${unknown}`);
  const files = [...new Set(Object.values(needed).flat())];
  const homes = new Map();
  for (const file of files) {
    const home = homeOf(Object.keys(needed).filter((piece) => needed[piece].includes(file)));
    homes.set(home, [...(homes.get(home) ?? []), file]);
  }
  const everybodys = (homes.get(undefined) ?? []).flatMap((file) => [path.join(dir, `${file}.wasm`), file]);
  const main = path.join(dir, `${name}.wasm`);
  homes.delete(undefined);
  const mergeMain = async () => {
    if (everybodys.length) await run("wasm-merge", main, "__wasm_split", ...everybodys, ...features, "-o", main);
  };
  await Promise.all([mergeMain(), ...[...homes].map(([piece, files]) => mergePiece(dir, piece, files, features))]);
  for (const file of files) fs.rmSync(path.join(dir, `${file}.wasm`));
  for (const piece of homes.keys()) fs.renameSync(path.join(dir, `${piece}.merged`), path.join(dir, `piece_${piece}.wasm`));
  fs.writeFileSync(path.join(dir, `${LOADER}.js`), loader(name, [...homes.keys()], needed));
}

/** Merges the files of one piece into `piece`.merged. */
async function mergePiece(dir, piece, files, features) {
  const parts = files.flatMap((file) => [path.join(dir, `${file}.wasm`), file]);
  const imports = await writeImports(dir, piece, files, features);
  await run("wasm-merge", imports, "__wasm_split", ...parts, ...features, "-o", path.join(dir, `${piece}.merged`));
  fs.rmSync(imports);
}

/** A module with what all of `files` import, so that one that is merged of them imports it once. */
async function writeImports(dir, piece, files, features) {
  const smallest = files.map((file) => path.join(dir, `${file}.wasm`)).toSorted((one, other) => fs.statSync(one).size - fs.statSync(other).size)[0];
  const lines = (await run("wasm-dis", smallest)).split("\n");
  const kinds = { memory: 0, table: 0, global: 0 };
  const imports = lines.flatMap((line) => {
    const found = /^ \(import "__wasm_split" ("[^"]*") \((memory|table|global) \$\S+ (.*)\)\)$/.exec(line);
    if (!found) return [];
    const [, name, kind, type] = found;
    return [`(import "main" ${name} (${kind} ${type})) (export ${name} (${kind} ${kinds[kind]++}))`];
  });
  const [source, module] = ["wat", "imports"].map((ending) => path.join(dir, `${piece}.${ending}`));
  // A module imports first and exports then.
  const pairs = imports.map((pair) => pair.split(/(?= \(export)/));
  fs.writeFileSync(source, `(module ${pairs.map(([first]) => first).join(" ")} ${pairs.map(([, then]) => then).join(" ")})`);
  await run("wasm-as", source, ...features, "-o", module);
  fs.rmSync(source);
  return module;
}

/** The script that loads pieces, each once, those before it first. */
function loader(name, pieces, needed) {
  const shares = (piece) => Object.keys(SHARED).filter((shared) => SHARED[shared].includes(piece));
  const before = (piece) => [...(BEFORE[piece] ?? []), ...shares(piece)].filter((other) => pieces.includes(other));
  const file = (piece) => `const ${piece} = piece("./piece_${piece}.wasm", [${before(piece).join(", ")}]);`;
  const ordered = [...pieces].sort((one, other) => rank(one) - rank(other));
  const load = (piece) => `export const __wasm_split_load_${piece} = reported(${pieces.includes(piece) ? piece : "async () => {}"});`;
  const head = fs.readFileSync(new URL("loader.js", import.meta.url), "utf8").replace("./main.js", `./${name}.js`);
  return [head, ...ordered.map(file), ...Object.keys(needed).map(load), ""].join("\n");
}

/** What is before others comes first: a base, what pages share, and what needs more and more of the others. */
const rank = (piece) => (BEFORE[piece]?.length === 0 ? 0 : piece in SHARED ? 1 : 1 + BEFORE[piece].length);

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

/** Piece to the stems of the files it needs, those before it first, as the loader has them. */
function filesOfPages(loader) {
  const merged = /^const (\w+) = piece\("\.\/(.*)\.wasm", \[(.*)\]\);$/gm;
  const files = new Map();
  for (const [, piece, stem, before] of loader.matchAll(merged)) {
    const earlier = before.split(", ").filter(Boolean).flatMap((other) => files.get(other) ?? []);
    files.set(piece, [...new Set([...earlier, stem])]);
  }
  if (files.size) return Object.fromEntries([...files].filter(([piece]) => piece in BEFORE));
  // The splitter's own loader.
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

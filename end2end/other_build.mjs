// Another build of the server under test: the same binary with another style, as after an upgrade.
import { copyFileSync, cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { serverBinary, target } from './build_target.mjs';

export class OtherBuild {
  /** The path of its style. */
  style = '';
  #folder;

  constructor() {
    const folder = join(target, 'end2end');
    mkdirSync(folder, { recursive: true });
    this.#folder = mkdtempSync(join(folder, 'other-build-'));
    // The server finds its site and its list of hashes beside itself. Where links do not work, a copy does.
    try {
      linkSync(serverBinary, this.binary);
    } catch {
      copyFileSync(serverBinary, this.binary);
    }
    cpSync(join(target, 'site'), join(this.#folder, 'site'), { recursive: true });
    this.#restyle();
  }

  /** What is started. */
  get binary() {
    return join(this.#folder, 'heartogether-server');
  }

  /** Gives the style another content and name. */
  #restyle() {
    const hashes = readFileSync(join(dirname(serverBinary), 'hash.txt'), 'utf8');
    const hash = /^css: (.*)$/m.exec(hashes)?.[1];
    if (!hash) throw new Error('hash.txt names no style');
    const file = (/** @type {string} */ of) => join(this.#folder, 'site', 'pkg', `heartogether.${of}.css`);
    const other = `${hash.slice(1)}_`;
    for (const copy of ['.br', '.gz']) rmSync(file(hash) + copy, { force: true });
    renameSync(file(hash), file(other));
    writeFileSync(file(other), `${readFileSync(file(other), 'utf8')}\n:root { --build: other }\n`);
    writeFileSync(join(this.#folder, 'hash.txt'), hashes.replace(hash, other));
    this.style = `/pkg/heartogether.${other}.css`;
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

// Fails when the code that a visitor loads grows over its budget. Sizes are those of the compressed files in the site.
//
//   node .ci/budget.mjs TARGET_DIR
//
// A budget is raised with the reason beside it. It is lowered when the code has become lighter, so that what was gained is
// not lost unseen.
import * as fs from "node:fs";
import * as path from "node:path";

const [targetDir] = process.argv.slice(2);
const pkgDir = path.join(targetDir, "site", "pkg");

/** What every page loads before its pieces: script, loader, WebAssembly and styles. */
const EVERYBODYS = ["heartogether.js", "__wasm_split.js", "heartogether.wasm", "heartogether.css"];
const FRAME = [...EVERYBODYS, "piece_frame.wasm"];
const HEARING = [...EVERYBODYS, "piece_client.wasm"];
const ROOM = [...FRAME, "piece_client.wasm", "piece_pages.wasm", "piece_shared.wasm"];
const SOUND = [...ROOM, "piece_hearing.wasm", "piece_broadcast.wasm", "piece_dialogs.wasm"];

/**
 * In bytes. Our own code reads and writes JSON since 1 December 2026, and the streams of `wasm-streams` are taken out of the main file: every
 * page is 8 kB lighter by that, and a room's pages 26 kB (docs/benchmarks.md, "Weight"). What is said below of the sizes before is older.
 *
 * A listener's first sound needs the HTML alone. The room client is 3 kB heavier than before: it says what is true before the
 * page is drawn, and takes over what the script at the top of the page has begun; it reports once how long the first sound took, 1 kB.
 * A host's devices are a piece of their own, which comes before the frame, so listeners hear a host again before the page is drawn;
 * both pieces of the host together are 2 kB heavier than the one before. A host's page says what is true before it is drawn, too, and
 * which of its buttons work: 2 kB.
 *
 * Lounges make every page 14 kB heavier, and a room's pages 11 kB more: the wire, the texts and the one client of all rooms know of what
 * members say, change and read there. Of that, 3.5 kB are messages of lounges alone that every room's client can read and write.
 *
 * Every room's client reads pictures, markup, reports and blocked members from the wire, and can go over to an event stream: 11 kB, and
 * what other lounges tell and pictures that go: 4 kB. A host's page shares its share sheet, its controls of sound and its list of owned
 * rooms with lounges, where they are loaded later: a file for each costs 9 kB in calls from one to the other, and the choice of the
 * loudspeaker, which listeners in lounges have as well, 3 kB. What lounges have more, pictures, reports and the search, is loaded when it
 * is wanted; what calls it is 9 kB, and the live list of lounges 5 kB.
 *
 * An owner who is asked before somebody comes in: 1.5 kB in the client of every room, which reads from the wire that somebody waits and is let
 * in, and 3 kB more in a lounge for who waits and for the owner's notice. The list of those who wait is loaded when it is wanted.
 *
 * A lounge's client that holds a second stretch of the history, knows what is pinned however old it is, and comes back to a request that may be
 * answered: 1.5 kB in the client of every room, 5 kB in a lounge with the list of pins and the pictures of members. What pages have in common of
 * the framework grows by 1 kB.
 *
 * Requests to come in that end, and who was declined and has to wait: 0.5 kB in the client of every room. Title, icon and notifications that
 * say who waits, and notifications through the service worker: 2.2 kB in a lounge. What shows them is loaded with the extras, and so is
 * everything in a lounge's dialog, the actions of a message and its end.
 *
 * A host's buttons that work before the page is drawn, and connections that are made while a source is captured: 0.6 kB, most of it in what
 * pages share.
 *
 * Signals, memos and stored values are compiled once for all types (docs/decisions/49-signals-of-one-type.md): every page is 7 kB lighter, a
 * listener's 25 kB, a host's 37 kB, a lounge 28 kB. What a lounge needs only with sound, or with a dialog, is in pieces of its own: a lounge
 * is 46 kB lighter and the page about programs 39 kB. The pages that need all of it are heavier, a listener's by 8 kB, a host's by 5 kB: in
 * calls from one piece to the other, and in what a listener's page gets of dialogs without a need.
 *
 * The HTML comes on top. `end2end/routes/code.spec.ts` has its budgets, since a running server writes it. It has what must not wait for
 * another file:
 * - On a first visit the style, 7.5 kB: on a slow line its file is there a round trip later, and nothing is drawn before.
 * - On a listener's page the script that joins, answers and plays, 1.6 kB: the first sound waits for no code. A host's comes back from a
 *   reload by a script of its own.
 * - Scripts that keep the page alive under translators and extensions, say that code did not arrive, and choose the theme.
 * - The texts that the page's own code says, and no others: the code brings none. What rooms refuse is among them for all of them,
 *   pictures, reports, tokens, requests to come in and pins too: 0.5 kB.
 */
const BUDGETS = [
  { what: "landing page, everything", files: FRAME, bytes: 304_700 },
  { what: "preview, everything before the player's code", files: [...FRAME, "piece_shared.wasm", "piece_broadcast.wasm", "piece_room.wasm"], bytes: 333_800 },
  { what: "listener, until the room client is there", files: HEARING, bytes: 156_900 },
  { what: "listener, everything", files: [...SOUND, "piece_listen.wasm"], bytes: 502_500 },
  { what: "host, everything", files: [...SOUND, "piece_devices.wasm", "piece_invitation.wasm", "piece_owned.wasm", "piece_controls.wasm", "piece_host.wasm"], bytes: 617_800 },
  { what: "lounge, everything", files: [...ROOM, "piece_owned.wasm", "piece_lounge.wasm"], bytes: 560_400 },
];

/** The compressed size of a file by its name without hash. */
function bytesOf(name) {
  const { name: stem, ext } = path.parse(name);
  const found = fs.readdirSync(pkgDir).filter((file) => file.startsWith(`${stem}.`) && file.endsWith(`${ext}.br`));
  if (found.length !== 1) throw new Error(`${pkgDir} has ${found.length} files like ${name}`);
  return fs.statSync(path.join(pkgDir, found[0])).size;
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
for (const { what, files, bytes: budget } of BUDGETS) {
  const bytes = files.reduce((sum, file) => sum + bytesOf(file), 0);
  console.log(`   ${what}: ${kilobytes(bytes)} of ${kilobytes(budget)}`);
  if (bytes <= budget) continue;
  console.error(`   this is over the budget: make it lighter, or raise the budget in .ci/budget.mjs and say there why`);
  process.exitCode = 1;
}

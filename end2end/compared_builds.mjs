// Measures builds of the server in turns: the one under test, and the one that BEFORE names, if it does. Each has a room in which a
// microphone hums.
import { builds } from './build_target.mjs';
import { ratioOfMedians, ratioText } from './report.mjs';
import { createRoom } from './room_setup.mjs';
import { Server } from './server.mjs';

/** @typedef {import('@playwright/test').Browser} Browser */
/** @typedef {{ build: string, url: string, code: string }} Room A room of a build, in which a host is live. */

/** A server of each build. Listeners that are gone keep their places for a while; they must not fill the room. */
export const startServers = () => Promise.all(builds.map(({ server }) => Server.start({ MAX_LISTENERS: '200' }, server)));

/** A live room on each of these servers. @param {Browser} hosts @param {Server[]} servers @returns {Promise<Room[]>} */
export async function openRooms(hosts, servers) {
  const rooms = [];
  for (const [i, { url }] of servers.entries()) {
    const { page: host, code } = await createRoom(hosts, url);
    await host.locator('main[data-hydrated]').waitFor();
    await host.getByRole('button', { name: 'Use a microphone' }).click();
    await host.locator('main[data-state=live]').waitFor();
    rooms.push({ build: builds[i]?.name ?? '', url, code });
  }
  return rooms;
}

/**
 * Compares what was measured of the build under test with the build before, run by run, and prints it. Without such a build there is
 * nothing to compare.
 * @param {{ what: string, build: string, runs: number[] }[]} results
 */
export function compareBuilds(results) {
  const of = (/** @type {string} */ name) => results.filter(({ build }) => build === name);
  const ratios = of('now').flatMap(({ what, runs }) => {
    const before = of('before').find((result) => result.what === what);
    return before ? [{ what, ratio: ratioOfMedians(before.runs, runs) }] : [];
  });
  for (const { what, ratio } of ratios) console.log(`\n${what}: ratio of the medians to the build before, 95 % interval: ${ratioText(ratio)}`);
  return ratios;
}

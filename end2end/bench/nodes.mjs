// Measures what members cost a server: joins, memory while they are idle, and messages to them. Servers and generator have a core
// of their own each. NODES says how many servers there are, RUNS how many runs. Where BEFORE names another server, both are measured
// in turns.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { builds, target } from '../build_target.mjs';
import { putLoad, troubles } from '../headless.mjs';
import { isTold, residentBytes } from '../process_stat.mjs';
import { Bench, printTable, ratioOfMedians, ratioText, summary } from '../report.mjs';
import { Server } from '../server.mjs';
import { SharedStores } from '../shared_stores.mjs';

/** @typedef {import('../headless.mjs').Phase} Phase */
/** @typedef {typeof builds[number]} Build */
/** @typedef {Record<string, number>} Values What one run measured, by what. */

const RUNS = Number(process.env['RUNS'] ?? 5);
const NODES = Number(process.env['NODES'] ?? 1);
const generator = `${target}/release/heartogether-headless`;
const SERVERS_CORE = 0;
const GENERATORS_CORE = 1;

// All members come from one address. These limits would be measured in place of the server.
const unlimited = {
  MAX_CONNECTIONS: '65536',
  MAX_CONNECTIONS_PER_ADDRESS: '65536',
  MAX_SOCKETS_PER_ADDRESS: '65536',
  MAX_ROOMS_PER_ADDRESS: '65536',
  RATE_LIMIT_ADDRESS_REQUESTS: '10000000',
  RATE_LIMIT_ROOMS_PER_ADDRESS: '65536',
  RATE_LIMIT_MESSAGES_PER_ADDRESS: '10000000',
  RATE_LIMIT_SIGN_IN_REQUESTS: '1000000',
  LOG: 'error',
};
// 10,000 members in rooms of the default size. The rest is longer than the time between two heartbeats, so every connection has
// written one.
const idle = { rooms: 323, listeners: 9677, 'rest-ms': 15_000 };
// 100 rooms with 500 listeners each, and 200 turns a second: 100,200 messages a second. A host may turn twice a second, so each
// listener is in 50 rooms. One of them reads nothing.
const busy = { rooms: 100, listeners: 1000, 'rooms-per-listener': 50, stalled: 1, 'turn-every-ms': 500, 'act-ms': 5000, rounds: 5 };

/** @type {{ what: string, unit: string, target?: number, digits: number, worst?: 'lowest' }[]} */
const MEASUREMENTS = [
  { what: 'CPU of a sign-in', unit: 'ms', digits: 2 },
  { what: 'CPU of a join', unit: 'ms', target: 1, digits: 2 },
  { what: 'memory of an idle member', unit: 'KiB', target: 16, digits: 1 },
  { what: 'CPU of a second with 10,000 idle members', unit: 'ms', digits: 0 },
  { what: 'CPU of a message', unit: 'µs', target: 10, digits: 1 },
  { what: 'messages a second', unit: '', digits: 0, worst: 'lowest' },
  { what: 'delivery, p50', unit: 'ms', digits: 1 },
  { what: 'delivery, p99', unit: 'ms', target: 50, digits: 1 },
  { what: 'delivery, the last', unit: 'ms', digits: 1 },
];

/** @type {Set<string>} */
const allTroubles = new Set();

/**
 * Starts servers of a build, puts a load on them, and ends them.
 * @param {Build} build
 * @param {Record<string, string>} settings
 * @param {Record<string, number>} load
 */
async function measure(build, settings, load) {
  const servers = [];
  const stores = NODES > 1 ? await SharedStores.start() : undefined;
  try {
    const all = { ...unlimited, ...stores?.settings, ...settings };
    for (let node = 0; node < NODES; node++) servers.push(await Server.start(all, build.server, SERVERS_CORE));
    const before = servers.reduce((sum, { pid }) => sum + residentBytes(pid), 0);
    const phases = await putLoad(generator, servers, load, GENERATORS_CORE);
    for (const trouble of phases.flatMap(troubles)) allTroubles.add(`${build.name}: ${trouble}`);
    return { before, phases, of: (/** @type {string} */ phase) => phases.find((one) => one.phase === phase) };
  } finally {
    await Promise.all(servers.map((server) => server.close()));
    await stores?.close();
  }
}

/** @param {Build} build @returns {Promise<Values>} */
async function idleRun(build) {
  const { before, of } = await measure(build, {}, idle);
  const [signIn, join, rest] = [of('sign_in'), of('join'), of('rest')];
  const members = idle.rooms + idle.listeners;
  return {
    'CPU of a sign-in': ((signIn?.cpuSeconds ?? NaN) * 1000) / members,
    'CPU of a join': ((join?.cpuSeconds ?? NaN) * 1000) / (join?.report.joins ?? NaN),
    'memory of an idle member': ((rest?.residentBytes ?? NaN) - before) / members / 1024,
    'CPU of a second with 10,000 idle members': ((rest?.cpuSeconds ?? NaN) * 1e6) / (rest?.tookMs ?? NaN),
  };
}

/** One server carries all rounds: most of the time goes into taking 50,100 places. @param {Build} build @returns {Promise<Values[]>} */
async function busyRounds(build) {
  const { phases } = await measure(build, { MAX_LISTENERS: '500' }, { ...busy, rounds: RUNS });
  const rounds = phases.filter(({ phase }) => phase === 'act');
  return rounds.map(({ cpuSeconds, tookMs, report: { frames, delivery } }) => ({
    'CPU of a message': (cpuSeconds * 1e6) / frames,
    'messages a second': (frames * 1000) / tookMs,
    'delivery, p50': delivery.p50_us / 1000,
    'delivery, p99': delivery.p99_us / 1000,
    'delivery, the last': delivery.worst_us / 1000,
  }));
}

if (!isTold || !existsSync(generator)) throw new Error('this bench needs Linux, and the generator: ./dev bench nodes builds it');
if (availableParallelism() < 2) throw new Error('servers and generator need a core each');

const bench = new Bench('nodes');
const idleRuns = await bench.inTurns(RUNS, builds, idleRun);
const [busyRuns = []] = await bench.repeat(1, async () => {
  const rounds = [];
  for (const build of builds) rounds.push(await busyRounds(build));
  return rounds;
});
/** @param {number} build @param {string} what */
const valuesOf = (build, what) => [...(idleRuns[build] ?? []), ...(busyRuns[build] ?? [])].flatMap((run) => run[what] ?? []);
const results = MEASUREMENTS.map(({ what, unit, target, digits, worst }) => ({
  what,
  unit,
  target,
  digits,
  builds: builds.map(({ name }, build) => ({ build: name, ...summary(valuesOf(build, what), worst) })),
  ratio: builds.length > 1 ? ratioOfMedians(valuesOf(1, what), valuesOf(0, what)) : undefined,
}));
printTable([
  ['what', ...builds.map(({ name }) => `${name}: median / worst`), 'target', 'ratio of the medians'],
  ...results.map(({ what, unit, target, digits, builds, ratio }) => [
    what,
    ...builds.map(({ median, worst }) => `${median.toFixed(digits)} / ${worst.toFixed(digits)} ${unit}`),
    target === undefined ? '' : `${target} ${unit}`,
    ratio ? ratioText(ratio) : '',
  ]),
]);
for (const trouble of allTroubles) console.log(`\n${trouble}`);
bench.publish({ runs: RUNS, nodes: NODES, idle, busy, results, troubles: [...allTroubles] });

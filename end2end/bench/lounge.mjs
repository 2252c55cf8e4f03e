// Measures what a full lounge costs a server: a thousand members, fifty messages a second, each told to everybody. Server and
// generator have a core of their own each. RUNS says how many rounds there are.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { serverBinary, target } from '../build_target.mjs';
import { putLoad, troubles } from '../headless.mjs';
import { isTold } from '../process_stat.mjs';
import { Bench, printTable, summary } from '../report.mjs';
import { Server } from '../server.mjs';

const RUNS = Number(process.env['RUNS'] ?? 5);
const generator = `${target}/release/heartogether-headless`;
const SERVERS_CORE = 0;
const GENERATORS_CORE = 1;
const MEMBERS = 1000;
const ROUND_MS = 20_000;

// All members come from one address.
const unlimited = {
  MAX_CONNECTIONS_PER_ADDRESS: '65536',
  MAX_SOCKETS_PER_ADDRESS: '65536',
  RATE_LIMIT_ADDRESS_REQUESTS: '10000000',
  RATE_LIMIT_MESSAGES_PER_ADDRESS: '10000000',
  RATE_LIMIT_SIGN_IN_REQUESTS: '1000000',
  LOG: 'error',
};
/** Each member but the owner writes once in a round: 50 messages a second. */
const load = { rooms: 1, lounges: 'true', listeners: MEMBERS - 1, 'write-every-ms': ROUND_MS, 'act-ms': ROUND_MS, rounds: RUNS };

if (!isTold || !existsSync(generator)) throw new Error('this bench needs Linux, and the generator: ./dev bench lounge builds it');
if (availableParallelism() < 2) throw new Error('server and generator need a core each');

const bench = new Bench('lounge');
const [phases = []] = await bench.repeat(1, async () => {
  const server = await Server.start(unlimited, serverBinary, SERVERS_CORE);
  try {
    return await putLoad(generator, [server], load, GENERATORS_CORE);
  } finally {
    await server.close();
  }
});
const rounds = phases.filter(({ phase }) => phase === 'act');
const join = phases.find(({ phase }) => phase === 'join');
/** @param {string} what @param {string} unit @param {number} digits @param {number[]} values @param {number} [target] */
const row = (what, unit, digits, values, target) => ({ what, unit, digits, ...summary(values), target });
const results = [
  row('delivery to all, p50', 'ms', 1, rounds.map(({ report }) => report.delivery.p50_us / 1000)),
  row('delivery to all, p99', 'ms', 1, rounds.map(({ report }) => report.delivery.p99_us / 1000), 250),
  row('delivery to all, the last', 'ms', 1, rounds.map(({ report }) => report.delivery.worst_us / 1000)),
  row("the server's share of a core", '%', 0, rounds.map(({ cpuSeconds, tookMs }) => (cpuSeconds * 1e5) / tookMs), 100),
  row('CPU of a frame', 'µs', 1, rounds.map(({ cpuSeconds, report }) => (cpuSeconds * 1e6) / report.frames)),
  row('sent too late by the generator, p99', 'ms', 1, rounds.map(({ report }) => report.lateness.p99_us / 1000)),
  row('CPU of a join', 'ms', 2, join ? [(join.cpuSeconds * 1000) / join.report.joins] : []),
];
printTable([
  ['what', 'median', 'worst', 'target'],
  ...results.map(({ what, unit, digits, median, worst, target }) =>
    [what, `${median.toFixed(digits)} ${unit}`, `${worst.toFixed(digits)} ${unit}`, target === undefined ? '' : `${target} ${unit}`]),
]);
const told = rounds.map(({ report }) => report.delivery.count);
console.log(`\n${told.join(', ')} deliveries in a round, of ${MEMBERS * (MEMBERS - 1)}`);
const allTroubles = phases.flatMap(troubles);
for (const trouble of allTroubles) console.log(`\n${trouble}`);
bench.publish({ runs: RUNS, load, results, told, troubles: allTroubles });

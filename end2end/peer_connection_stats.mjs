// The statistics of a page's peer connections (W3C Identifiers for WebRTC's Statistics API).

/** @typedef {import('@playwright/test').Page} Page */

/** Runs inside the page before anything else, given to `addInitScript`: keeps every peer connection the page makes. */
export function keepPeers() {
  /** @type {RTCPeerConnection[]} */
  const peers = [];
  Object.assign(window, { peers });
  window.RTCPeerConnection = class extends RTCPeerConnection {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      peers.push(this);
    }
  };
}

/**
 * @typedef {object} Peering One open peer connection, as it is now. What the other end alone knows is `undefined`.
 * @property {string} state
 * @property {number | undefined} localPort The selected pair's own port,
 * @property {number | undefined} remotePort and the other end's.
 * @property {number} sentBytes Audio so far, headers not counted.
 * @property {number} receivedPackets
 * @property {number} lostPackets
 * @property {number} redundantPackets What came a second time, inside others.
 * @property {number} receivedSamples All that was played, made up or not.
 * @property {number} concealedSamples What was made up because packets were late or lost,
 * @property {number} silentSamples and was silence.
 */

/** The page's open peer connections, oldest first. @param {Page} page @returns {Promise<Peering[]>} */
export function readPeers(page) {
  return page.evaluate(async () => {
    const { peers } = /** @type {Window & { peers?: RTCPeerConnection[] }} */ (window);
    if (!peers) throw new Error("this page's peer connections are not kept");
    const open = peers.filter((peer) => peer.connectionState !== 'closed');
    return Promise.all(
      open.map(async (peer) => {
        const reports = new Map(/** @type {any} */ (await peer.getStats()));
        const all = [...reports.values()];
        const find = (/** @type {string} */ type) => all.find((report) => report.type === type) ?? {};
        const pair = reports.get(find('transport').selectedCandidatePairId) ?? {};
        const [outbound, inbound] = [find('outbound-rtp'), find('inbound-rtp')];
        return {
          state: peer.connectionState,
          localPort: reports.get(pair.localCandidateId)?.port,
          remotePort: reports.get(pair.remoteCandidateId)?.port,
          sentBytes: outbound.bytesSent ?? 0,
          receivedPackets: inbound.packetsReceived ?? 0,
          lostPackets: inbound.packetsLost ?? 0,
          redundantPackets: inbound.fecPacketsReceived ?? 0,
          receivedSamples: inbound.totalSamplesReceived ?? 0,
          concealedSamples: inbound.concealedSamples ?? 0,
          silentSamples: inbound.silentConcealedSamples ?? 0,
        };
      }),
    );
  });
}

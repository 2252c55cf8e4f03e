// Asks for the place of a listener's page before its code is there, answers the first offer and plays what comes. The code takes
// over what stands in `heartogetherHeadStart`, and does everything else.
if (!document.prerendering) {
  const { say, place, hides, volume } = document.currentScript.dataset;
  const socket = openSocket();
  const begun = { socket, said: JSON.parse(say), heard: [], place };
  const isOurs = () => window.heartogetherHeadStart === begun;
  let ice;

  // The page's code would keep the browser's one thread busy: it runs once the sound is there, when none is to be expected, when
  // nothing has happened for a second, or after five seconds.
  const HEARD_MS = 50;
  const QUIET_MS = 1000;
  const AT_MOST_MS = 5000;
  let settle, quiet;
  begun.settled = new Promise((resolve) => (settle = resolve));
  const settleAfter = (ms) => {
    clearTimeout(quiet);
    quiet = setTimeout(settle, ms);
  };

  const kept = (name) => localStorage.getItem(name);

  const play = (stream) => {
    const player = (begun.player ??= document.createElement("audio"));
    const [, percent, muted] = /^(\d+)( muted)?$/.exec(kept(volume)) ?? [];
    if (percent) player.volume = Math.min(1, percent / 100);
    player.muted = Boolean(muted);
    player.autoplay = true;
    // No name that other code depends on; tests find it by this.
    player.dataset.testid = "stream";
    player.srcObject = stream;
  };

  const answer = (room, to, { negotiation, sdp }) => {
    const { servers: iceServers, relay_only } = ice;
    const connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", iceTransportPolicy: relay_only ? "relay" : "all" });
    const happened = [];
    const say = (signal) => {
      const frame = JSON.stringify({ room: { room, message: { signal: { to, signal } } } });
      socket.send(frame);
      begun.said.push(frame);
    };
    let isAnswered;
    const tellCandidate = ({ candidate: found }) => {
      if (!found?.candidate) return;
      const { candidate, sdpMid: sdp_mid, sdpMLineIndex: sdp_m_line_index } = found;
      say({ candidates: { negotiation, candidates: [{ candidate, sdp_mid, sdp_m_line_index }] } });
    };
    for (const type of ["track", "icecandidate", "icecandidateerror", "connectionstatechange"]) {
      connection.addEventListener(type, (event) => {
        if (!isOurs()) return;
        happened.push(event);
        settleAfter(connection.connectionState === "connected" ? HEARD_MS : QUIET_MS);
        if (type === "track") play(event.streams[0] ?? new MediaStream([event.track]));
        if (type === "icecandidate" && isAnswered) tellCandidate(event);
      });
    }
    const answered = connection
      .setRemoteDescription({ type: "offer", sdp })
      .then(() => connection.createAnswer())
      .then(async ({ sdp: made }) => {
        // Without it, Chromium decodes one channel.
        const opus = /a=rtpmap:(\d+) opus\//i.exec(made)?.[1];
        const sdp = /[ ;]stereo=1/.test(made) ? made : made.replace(`a=fmtp:${opus} `, `a=fmtp:${opus} stereo=1;`);
        await connection.setLocalDescription({ type: "answer", sdp });
        if (isOurs()) {
          say({ answer: { negotiation, sdp } });
          isAnswered = true;
          happened.filter(({ type }) => type === "icecandidate").forEach(tellCandidate);
        }
        return sdp;
      });
    // Whoever takes it over is told.
    answered.catch(() => {});
    begun.peer = { connection, negotiation, offer: sdp, answered, happened };
  };

  const isSounding = ({ state }) => state === "live" || state === "paused";

  const hear = ({ room, message }) => {
    const { joined, refused } = message;
    ice ??= joined?.ice_servers;
    if (joined) settleAfter(QUIET_MS);
    if (refused || kept(hides) || (joined && !joined.room.publications.some(isSounding))) settle();
    const { from, signal } = message.signal ?? {};
    // Who hides their address is left to the code, and so is every offer but the first.
    if (signal?.offer && !("restarts" in signal.offer) && ice && !begun.peer && !kept(hides)) answer(room, from, signal.offer);
    const { negotiation, candidates = [] } = signal?.candidates ?? {};
    if (!begun.peer || negotiation !== begun.peer.negotiation) return;
    for (const { candidate, sdp_mid: sdpMid, sdp_m_line_index: sdpMLineIndex } of candidates) {
      begun.peer.connection.addIceCandidate({ candidate, sdpMid, sdpMLineIndex }).catch(() => {});
    }
  };

  settleAfter(QUIET_MS);
  setTimeout(settle, AT_MOST_MS);
  socket.onclose = settle;
  socket.onopen = () => begun.said.forEach((frame) => socket.send(frame));
  socket.onmessage = (event) => {
    begun.heard.push(event);
    try {
      const { room, refused } = JSON.parse(event.data);
      if (refused) settle();
      if (room) hear(room);
    } catch {
      // What is missing in this browser, the code says.
      settle();
    }
  };
  window.heartogetherHeadStart = begun;
  // What a browser starts with its first peer connection takes a while, and the socket is not open yet.
  try {
    const first = new RTCPeerConnection();
    first.addTransceiver("audio");
    const close = () => first.close();
    first.createOffer().then(close, close);
  } catch {
    // The code says so.
  }
  // Where the page's code never comes and nothing is heard, the place is given back.
  setTimeout(() => isOurs() && !begun.peer && socket.close(), 30000);
}

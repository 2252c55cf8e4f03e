// Says to the code of a host's page which place it is for, so that it can share before it is drawn. Comes back to the room of a page
// that was reloaded before its code is there: requests the place, and opens the microphone that was live, if the visitor's permission
// stands. The code takes over what stands in `heartogetherHeadStart` and in `heartogetherMicrophone`, and does everything else. In a
// tab that was duplicated there is no mark.
if (!document.prerendering) {
  const { say, place, room, mark, live, microphone } = document.currentScript.dataset;
  const begun = { place, hosts: true };
  window.heartogetherHeadStart = begun;
  const taken = (name) => {
    const kept = sessionStorage.getItem(name);
    sessionStorage.removeItem(name);
    return kept;
  };
  const comeBack = () => {
    let asked = taken(microphone);
    if (taken(mark) !== room) return;
    const socket = openSocket();
    Object.assign(begun, { socket, said: JSON.parse(say), heard: [] });
    const isOurs = () => window.heartogetherHeadStart === begun;
    const html = document.documentElement;
    let open;

    // The notice may come after the microphone.
    const showNotice = () => {
      const notice = document.getElementById("microphone-open");
      if (notice) notice.hidden = !html.hasAttribute("data-microphone");
    };
    const note = (isOpen) => {
      html.toggleAttribute("data-microphone", isOpen);
      showNotice();
    };
    const release = () => {
      if (window.heartogetherMicrophone === open) window.heartogetherMicrophone = undefined;
      note(false);
      open.isOver = true;
      for (const track of open.tracks) {
        track.stop();
        // Whoever has taken it over is told: a track that is stopped here says nothing.
        track.dispatchEvent(new Event("ended"));
      }
    };
    const openMicrophone = async () => {
      const { state } = await navigator.permissions.query({ name: "microphone" });
      if (state !== "granted") throw state;
      const stream = await navigator.mediaDevices.getUserMedia(JSON.parse(asked));
      open.tracks = stream.getTracks();
      if (open.isOver) release();
      else note(true);
      return stream;
    };
    // In the background nobody would see that it is open; the code decides there.
    if (asked && document.visibilityState === "visible") {
      open = { asked, release, tracks: [] };
      window.heartogetherMicrophone = open;
      open.stream = openMicrophone();
      // Whoever has taken it over says why.
      open.stream.catch(release);
      document.addEventListener("DOMContentLoaded", showNotice);
      addEventListener("click", ({ target }) => {
        if (!target.closest?.("#microphone-open button")) return;
        asked = null;
        sessionStorage.removeItem(live);
        release();
      });
    }

    socket.onopen = () => begun.said.forEach((frame) => socket.send(frame));
    socket.onmessage = (event) => {
      begun.heard.push(event);
      const { refused, room: { message } = {} } = JSON.parse(event.data);
      if (open && (refused || message?.refused || message?.event?.event.kind === "room_ended")) release();
    };
    // Where the code does not come, nobody could pause: the microphone is closed, and the place is given back. Code that comes later
    // opens both again.
    setTimeout(() => {
      if (open && window.heartogetherMicrophone === open) release();
      if (isOurs()) socket.close();
    }, 10000);
    // The page after the next reload comes back as this one has.
    addEventListener("pagehide", () => {
      if (!isOurs()) return;
      sessionStorage.setItem(mark, room);
      if (asked) sessionStorage.setItem(microphone, asked);
    });
  };
  try {
    comeBack();
  } catch {
    // Where storage is forbidden, or something is missing in this browser, the code does it all.
  }
}

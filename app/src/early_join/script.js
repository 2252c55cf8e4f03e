if (!document.prerendering) {
  const { say, place } = document.currentScript.dataset;
  const said = JSON.parse(say);
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${document.documentElement.dataset.base ?? ""}/ws`);
  const heard = [];
  socket.onopen = () => said.forEach((frame) => socket.send(frame));
  socket.onmessage = (message) => heard.push(message);
  window.heartogetherHeadStart = { socket, said, heard, place };
  // Where the page's code never comes, the place is given back.
  setTimeout(() => window.heartogetherHeadStart?.socket.close(), 30000);
}

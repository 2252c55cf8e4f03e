// Opens the server's socket for the scripts at the top of a page.
const openSocket = () =>
  new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${document.documentElement.dataset.base ?? ""}/ws`);

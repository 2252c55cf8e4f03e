// The script of the page that stands in for another one: it has the visitor's language and colours, and loads the other
// page as soon as the server answers.
(() => {
  const FIRST_MS = 1000;
  const EVERY_MS = 2500;
  /** A page that was loaded anew in vain waits longer, for the server answers and still sends no page. */
  const IN_VAIN_MS = 5000;
  /** An answer that takes longer may never come, such as after a change of the network. */
  const ANSWER_MS = 15000;
  const html = document.documentElement;
  const base = html.dataset.base ?? "";
  const offline = `${base}/offline`;

  /** @param {string} name */
  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

  /** The page was kept in the language and colours of another day. */
  function take() {
    const theme = cookie("heartogether.theme");
    if (theme === "light" || theme === "dark") html.dataset.theme = theme;
    const sections = [...document.querySelectorAll("section")];
    const chosen = sections.find(({ lang }) => lang === cookie("heartogether.language"));
    if (!chosen) return;
    html.lang = chosen.lang;
    for (const section of sections) section.hidden = section !== chosen;
  }

  /** Says what is missing: the connection, or the server. */
  function tell() {
    const state = navigator.onLine ? "waiting" : "offline";
    document.querySelector("main")?.setAttribute("data-state", state);
    for (const text of document.querySelectorAll("[data-when]")) text.toggleAttribute("hidden", text.getAttribute("data-when") !== state);
    document.title = document.querySelector("section:not([hidden]) [data-when]:not([hidden]) h1")?.textContent ?? document.title;
  }

  async function ask() {
    try {
      const answer = await fetch(offline, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
      if (answer.ok) return leave();
    } catch {
      // Nobody is there yet.
    }
    setTimeout(ask, EVERY_MS);
  }

  /** To the page at this address; whoever came for this one goes home. */
  function leave() {
    if (location.pathname === offline) location.replace(`${base}/`);
    else location.reload();
  }

  const [visit] = performance.getEntriesByType("navigation");
  const isReload = visit instanceof PerformanceNavigationTiming && visit.type === "reload";
  setTimeout(ask, isReload ? IN_VAIN_MS : FIRST_MS);
  for (const change of ["online", "offline"]) addEventListener(change, tell);
  addEventListener("DOMContentLoaded", () => {
    take();
    tell();
  });
})();

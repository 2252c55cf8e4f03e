// The service worker. It shows the kept page "offline" where the server does not send a page, and keeps the files of the
// build, whose names change with their content. Every page comes from the server, so a page is never an old one. What
// visitors send and get is never kept. It shows the notifications of pages, and leads to them.
//
// The server writes what belongs to its build before this script (`heartogetherBuild`). A new worker waits until the pages
// of the last one are closed, so it takes nothing away from a page that is live.
{
  const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
  const build = /** @type {{ shell: [string, ...string[]], files: string[] }} */ (Reflect.get(self, "heartogetherBuild"));
  /** How long a server may say nothing before it is asked whether it is there. */
  const SILENT_MS = 8000;
  /** How long a page may take to say what it shows. One that sleeps says nothing. */
  const PAGE_ANSWERS_MS = 500;
  /** Proxies answer so for a server that does not answer them. */
  const OF_PROXIES = [502, 503, 504];

  const { scope } = worker.registration;
  // Another site below another path of this host has its own.
  const cacheName = `heartogether ${scope}`;
  /** @param {string} path */
  const url = (path) => new URL(path, scope).href;
  /** The page for a server that does not answer, and its style. */
  const shell = build.shell.map(url);
  const offline = url(build.shell[0]);
  const files = new Set(build.files.map(url));

  worker.addEventListener("install", (event) => event.waitUntil(keepShell()));
  worker.addEventListener("activate", (event) => event.waitUntil(Promise.all([removeOthers(), askAhead()])));
  worker.addEventListener("fetch", (event) => {
    const { method, mode, url } = event.request;
    if (method !== "GET") return;
    if (mode === "navigate") event.respondWith(page(event));
    else if (files.has(url)) event.respondWith(file(event));
  });

  worker.addEventListener("notificationclick", (event) => event.waitUntil(lead(event.notification)));

  async function keepShell() {
    const cache = await caches.open(cacheName);
    await cache.addAll(shell);
  }

  /** Removes what other builds have left. */
  async function removeOthers() {
    const cache = await caches.open(cacheName);
    const others = (await cache.keys()).filter(({ url }) => !shell.includes(url) && !files.has(url));
    await Promise.all(others.map((other) => cache.delete(other)));
  }

  /** Lets the browser ask for a page while it starts the worker. */
  async function askAhead() {
    await worker.registration.navigationPreload?.enable();
  }

  /** @param {FetchEvent} event */
  async function page(event) {
    const answer = await answerInTime(event).catch(() => undefined);
    if (answer && !isOfProxy(answer)) {
      event.waitUntil(closeNotifications(event.request.url));
      return answer;
    }
    const kept = await caches.match(offline, { cacheName, ignoreVary: true }).catch(() => undefined);
    return kept ?? answer ?? Response.error();
  }

  /** The server's answer. Fails where the server can not be reached, or is silent to a second question too. @param {FetchEvent} event */
  async function answerInTime(event) {
    const answer = fromServer(event);
    const unlessSilent = async () => {
      await new Promise((resolve) => setTimeout(resolve, SILENT_MS));
      await fetch(offline, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(SILENT_MS) });
      return answer;
    };
    return Promise.race([answer, unlessSilent()]);
  }

  /** @param {FetchEvent} event @returns {Promise<Response>} */
  async function fromServer(event) {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  }

  /** The server's own pages say their language, also those that say what is wrong with it. @param {Response} answer */
  function isOfProxy(answer) {
    return OF_PROXIES.includes(answer.status) && !answer.headers.has("content-language");
  }

  /** @param {FetchEvent} event */
  async function file(event) {
    const { url } = event.request;
    // A browser may have no space for a cache, or have lost it; its own cache or the server has the file still.
    const cache = await caches.open(cacheName).catch(() => undefined);
    const kept = await cache?.match(url, { ignoreVary: true }).catch(() => undefined);
    if (kept) return kept;
    const answer = await fetch(event.request);
    if (cache && answer.ok) event.waitUntil(cache.put(url, answer.clone()).catch(() => {}));
    return answer;
  }

  /** Whoever opens a page sees what its notifications are about, once the server has sent it. @param {string} address */
  async function closeNotifications(address) {
    const shown = (await worker.registration.getNotifications?.()) ?? [];
    const path = new URL(address).pathname;
    shown.filter(({ data }) => data?.page === path).forEach((notification) => notification.close());
  }

  /** Leads to the page that a notification is of. One that is open is told what was pressed. @param {Notification} notification */
  async function lead({ data }) {
    const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    const paths = await Promise.all(pages.map(pathOf));
    const open = pages[paths.indexOf(data.page)];
    if (!open) return worker.clients.openWindow(data.page);
    await closeNotifications(url(data.page));
    open.postMessage(data);
    return open.focus();
  }

  /** The path of what a page shows, see `register.js`. Browsers say only at which one it came. @param {Client} page @returns {Promise<string>} */
  function pathOf(page) {
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
      setTimeout(() => resolve(new URL(page.url).pathname), PAGE_ANSWERS_MS);
      page.postMessage("path", [port2]);
    });
  }
}

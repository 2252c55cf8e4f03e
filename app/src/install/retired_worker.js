// Takes the place of the service worker where the operator has switched it off: it removes itself and what was kept. Pages
// that are open stay as they are.
{
  const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
  worker.addEventListener("install", () => worker.skipWaiting());
  worker.addEventListener("activate", (event) => event.waitUntil(retire()));

  async function retire() {
    await caches.delete(`heartogether ${worker.registration.scope}`);
    await worker.registration.unregister();
  }
}
